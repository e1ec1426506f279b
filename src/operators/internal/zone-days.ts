/** Days as they begin in a time zone, from the zone's data in the runtime: Temporal is not everywhere yet. */

export const DAY_MS = 86_400_000;
/** No clock differs more from UTC. */
const FARTHEST_MS = 16 * 3_600_000;

export class ZoneDays {
  readonly #format: Intl.DateTimeFormat;
  /** Starts by day number: records of few days come at a time. */
  readonly #starts = new Map<number, number>();

  /** Throws a RangeError where there is no such zone. */
  constructor(timeZone: string) {
    const digits = '2-digit' as const;
    const time = { hour: digits, minute: digits, second: digits } as const;
    this.#format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: digits,
      day: digits,
      ...time,
    });
  }

  /** The number of the local day at an instant: days since 1970-01-01. */
  dayOf(instant: number): number {
    return Math.floor(this.#local(instant) / DAY_MS);
  }

  /**
   * The first instant at which the local clock shows the beginning of the day, or later. Where the clock is put back over
   * midnight, it shows so twice: the day begins with the first time.
   */
  startOf(day: number): number {
    const known = this.#starts.get(day);
    if (known !== undefined) return known;
    if (this.#starts.size > 1000) this.#starts.clear();
    const start = this.#find(day * DAY_MS);
    this.#starts.set(day, start);
    return start;
  }

  #find(midnight: number): number {
    let from = midnight - FARTHEST_MS;
    for (;;) {
      const offset = this.#offset(from);
      const found = midnight - offset;
      if (this.#offset(found) === offset) return found;
      const change = this.#changeBetween(from, found);
      if (this.#local(change) >= midnight) return change;
      from = change;
    }
  }

  /** The first instant of another offset. There is never more than one in a day. */
  #changeBetween(from: number, to: number): number {
    const offset = this.#offset(from);
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offset(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }

  #offset(instant: number): number {
    return this.#local(instant) - instant;
  }

  /** What the local clock shows, as if it were UTC. */
  #local(instant: number): number {
    const shown: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(instant)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    // The format knows no fractions of a second, and no offset has any.
    const fraction = ((instant % 1000) + 1000) % 1000;
    return Date.UTC(year, month - 1, day, hour, minute, second) + fraction;
  }
}
