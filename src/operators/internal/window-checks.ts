import { failure } from '../../errors.ts';

/** Throws WINDOW_INVALID where a length of time is not a whole number of ms within its bounds. */
export function checkMs(of: string, name: string, value: number, least = 0, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  throw failure('WINDOW_INVALID', { of, name, actual: value, expected: `a whole number of ms from ${least}${upTo}` });
}
