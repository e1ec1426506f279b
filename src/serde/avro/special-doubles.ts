/** Doubles that neither JSON nor a REAL column of SQLite keeps: NaN would become null, and minus zero zero. */
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  // Not '-0', which SQLite would take for a number.
  ['minus zero', -0],
]);

/** Special doubles as text, all others as they are. */
export function doubleToText(value: number): number | string {
  if (value === 0) return Object.is(value, -0) ? 'minus zero' : value;
  return Number.isFinite(value) ? value : String(value);
}

export function doubleFromText(value: number | string): number {
  return typeof value === 'number' ? value : (SPECIAL.get(value) ?? Number(value));
}
