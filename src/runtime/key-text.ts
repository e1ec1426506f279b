const LONGEST = 200;

/** A key as an error shows it. */
export function keyText(key: unknown): string {
  const text = jsonText(key);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Large integers are in quotes. */
export function jsonText(given: unknown): string {
  return JSON.stringify(given, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? String(given);
}
