/** Fails on a broken invariant of our own: a bug, not something a user can mend. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Bug in Millrace: ${message}`);
}

/** The end of a `switch` over a closed union. */
export function unreachable(value: never): never {
  throw new Error(`Bug in Millrace: unexpected ${String(value)}`);
}
