/**
 * Decimals are bigints, the unscaled value: 12.34 with scale 2 is 1234n. Exact, and fit for adding.
 *
 * @example
 * decimal.format(1234n, 2); // → '12.34'
 * decimal.parse('12.3', 2); // → 1230n
 * decimal.format(decimal.parse('0.10', 2) + decimal.parse('0.20', 2), 2); // → '0.30'
 */
export const decimal = {
  /** `format(1234n, 2)` is `12.34`. */
  format(unscaled: bigint, scale: number): string {
    if (scale === 0) return unscaled.toString();
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  },

  /** `parse('12.3', 2)` is `1230n`. Throws a RangeError where the text is no decimal or has more digits than the scale. */
  parse(text: string, scale: number): bigint {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    const fraction = match?.[3] ?? '';
    if (!match || fraction.length > scale) {
      throw new RangeError(`${JSON.stringify(text)} is no decimal with at most ${scale} digits after the point.`);
    }
    const unscaled = BigInt(`${match[2]}${fraction.padEnd(scale, '0')}`);
    return match[1] === '-' ? -unscaled : unscaled;
  },
};
