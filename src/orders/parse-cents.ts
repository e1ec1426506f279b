const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/;
/** More digits than any amount has: longer ones are refused before they are built. */
const MOST_DIGITS = 40;

/**
 * The whole cents of a decimal amount, from its text and exactly: `136.23` gives 13623, `1.5e2` gives 15000. Gives a
 * sentence where the text is no amount, negative, not a whole number of cents, or more than 2^53 - 1 cents.
 */
export function parseCents(text: string): number | string {
  const match = DECIMAL.exec(text);
  if (match === null) return 'an amount such as 12.34';
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0;
  if (sign === '-') return 'an amount that is not negative';
  // The value is digits × 10^shift cents.
  const shift = Number(exponent) - fraction.length + 2;
  return shift >= 0 ? scaledUp(digits, shift) : scaledDown(digits, -shift);
}

function scaledUp(digits: string, zeros: number): number | string {
  return digits.length + zeros > MOST_DIGITS ? tooMuch() : checked(digits + '0'.repeat(zeros));
}

function scaledDown(digits: string, places: number): number | string {
  const kept = digits.slice(0, Math.max(0, digits.length - places));
  const isExact = places < digits.length && /^0*$/.test(digits.slice(kept.length));
  return isExact ? checked(kept) : 'a whole number of cents (at most two decimals)';
}

function checked(digits: string): number | string {
  const cents = Number(digits);
  return Number.isSafeInteger(cents) ? cents : tooMuch();
}

function tooMuch(): string {
  return `at most ${(Number.MAX_SAFE_INTEGER / 100).toFixed(2)}`;
}
