const LONGEST = 60;

/** A value as an error message shows it: short, with its kind where that is not plain to see. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'bigint') return `${value}n (bigint)`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null)
    return `${String(value)} (${typeof value})`.replace(' (object)', '');
  if (typeof value === 'string') return `the string ${cut(JSON.stringify(value))}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === 'object' ? cut(asJson(value)) : `a ${typeof value}`;
}

function asJson(value: object): string {
  try {
    return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? 'an object';
  } catch {
    return 'an object that refers to itself';
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
