/** Fails on a broken invariant of our own: a bug, not something a user can mend. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Bug in Millrace: ${message}`);
}

/** A value that the types rule out: of a program whose types were not checked, or of a bug of our own. */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
}

/** The end of a `switch` over a closed union. */
export function unreachable(value: never): never {
  const given: unknown = value;
  const what = typeof given === 'object' && given !== null ? 'an object' : String(given);
  throw new MisfitError(`${what} does not fit here (where the types were checked, this is a bug in Millrace)`);
}
