/** Random numbers from a seed (sfc32): the same seed gives the same numbers, on every machine. Not for secrets. */
export class Random {
  #a = 0x9e3779b9;
  #b = 0x243f6a88;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#c = seed | 0;
    this.#a ^= Math.floor(seed / 2 ** 32) | 0;
    for (let warmUp = 0; warmUp < 15; warmUp++) this.#bits();
  }

  /** From 0 to below 1. */
  next(): number {
    return this.#bits() / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A waiting time of this mean, in whole units. */
  wait(mean: number): number {
    return Math.round(-Math.log(1 - this.next()) * mean);
  }

  /** One of them; earlier ones come more often the larger `skew` is above 1. */
  pick<T>(choices: readonly [T, ...T[]], skew = 1): T {
    return choices[Math.floor(this.next() ** skew * choices.length)] ?? choices[0];
  }

  #bits(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
