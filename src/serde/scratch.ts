/** Views of up to so many bytes are kept. */
const KEPT = 1024;

/** Memory that a codec writes again and again. Views of it are made once for each length, and not for each record. */
export class Scratch {
  #buffer = Buffer.allocUnsafeSlow(KEPT);
  #views: (Buffer | undefined)[] = [];

  get buffer(): Buffer {
    return this.#buffer;
  }

  /** The memory, with room for so many bytes. What is written in it stays. */
  reserve(bytes: number): Buffer {
    if (bytes > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(bytes * 2);
      this.#buffer.copy(larger);
      this.#buffer = larger;
      this.#views = [];
    }
    return this.#buffer;
  }

  /** The first bytes; what is written next changes them. */
  first(bytes: number): Buffer {
    if (bytes > KEPT) return this.#buffer.subarray(0, bytes);
    const view = this.#views[bytes] ?? this.#buffer.subarray(0, bytes);
    this.#views[bytes] = view;
    return view;
  }
}
