import type { TimedSlot } from './timed-rows.ts';

/** Slots by their times: few at first, and most new ones belong to the end, so an array of times is quick enough. */
export class TimeIndex<K, V> {
  /** Ascending. A time may have no slots left. */
  #times: number[] = [];
  #slots = new Map<number, TimedSlot<K, V>[]>();

  add(slot: TimedSlot<K, V>): void {
    const { time } = slot.change.key;
    const found = this.#slots.get(time);
    if (found !== undefined) {
      found.push(slot);
      return;
    }
    this.#slots.set(time, [slot]);
    const at = this.#from(time);
    if (at === this.#times.length) this.#times.push(time);
    else this.#times.splice(at, 0, time);
  }

  remove(slot: TimedSlot<K, V>): void {
    const slots = this.#slots.get(slot.change.key.time);
    const at = slots?.lastIndexOf(slot) ?? -1;
    if (slots === undefined || at < 0) return;
    const last = slots.pop();
    // Their order within a time is no matter.
    if (last !== undefined && last !== slot) slots[at] = last;
  }

  /** From one time to another, both inclusive; those of equal time in no order. */
  within(from: number, to: number): TimedSlot<K, V>[] {
    const found: TimedSlot<K, V>[] = [];
    for (let at = this.#from(from); at < this.#times.length; at++) {
      const time = this.#times[at];
      if (time === undefined || time > to) break;
      for (const slot of this.#slots.get(time) ?? []) found.push(slot);
    }
    return found;
  }

  /** The times of the first slots from a time on, one for each, ascending. */
  first(from: number, limit: number): number[] {
    const found: number[] = [];
    for (let at = this.#from(from); at < this.#times.length && found.length < limit; at++) {
      const time = this.#times[at] ?? from;
      const slots = Math.min(this.#slots.get(time)?.length ?? 0, limit - found.length);
      for (let n = 0; n < slots; n++) found.push(time);
    }
    return found;
  }

  /** The time of the last slot. */
  get last(): number | undefined {
    for (let at = this.#times.length - 1; at >= 0; at--) {
      const time = this.#times[at] ?? 0;
      if ((this.#slots.get(time)?.length ?? 0) > 0) return time;
    }
    return undefined;
  }

  /** Keeps only what is still so. */
  retain(isKept: (slot: TimedSlot<K, V>) => boolean): void {
    const slots = this.#slots;
    this.#slots = new Map();
    for (const time of this.#times) {
      const kept = slots.get(time)?.filter(isKept) ?? [];
      if (kept.length > 0) this.#slots.set(time, kept);
    }
    this.#times = this.#times.filter((time) => this.#slots.has(time));
  }

  clear(): void {
    this.#times = [];
    this.#slots.clear();
  }

  #from(time: number): number {
    const times = this.#times;
    let low = 0;
    let high = times.length;
    if ((times[high - 1] ?? Number.NEGATIVE_INFINITY) < time) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
