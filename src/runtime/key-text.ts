const LONGEST = 200;

/** A key as an error shows it. */
export function keyText(key: unknown): string {
  const text = JSON.stringify(key, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? String(key);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
