import type { Codec } from '../serde/serde.ts';
import type { StreamRecord } from '../topology/records.ts';
import type { CapturedRecord } from './captured-log.ts';

/**
 * A record as a test reads it: a key or value may be null whatever the serde.
 *
 * @see `TestOutputTopic`
 */
export type TestRecord<K, V> = StreamRecord<K | null, V | null>;

/**
 * Reads typed records of an output topic, each once.
 *
 * @example
 * const doubled = topology('doubled', (flow) => {
 *   const numbers = flow.stream('numbers', { key: string(), value: integer() });
 *   numbers.pipe(mapValues((n) => n * 2), to('doubles', { value: integer() }));
 * });
 * const driver = await TopologyTestDriver.open(doubled);
 * const serdes = { key: string(), value: integer() };
 * const numbers = await driver.input('numbers', serdes);
 * const doubles = await driver.output('doubles', serdes);
 * numbers.pipe('a', 1, { timestamp: 5 });
 * numbers.pipe('b', 2, { timestamp: 6 });
 * doubles.size; // → 2
 * doubles.read(); // → { key: 'a', value: 2, timestamp: 5, headers: [] }
 * doubles.readToMap(); // → new Map([['b', 4]])
 * doubles.isEmpty; // → true
 */
export class TestOutputTopic<K, V> {
  readonly #codecs: { readonly key: Codec<K>; readonly value: Codec<V> };
  readonly #records: () => readonly CapturedRecord[];
  #at = 0;

  /** @internal */
  constructor(codecs: { key: Codec<K>; value: Codec<V> }, records: () => readonly CapturedRecord[]) {
    this.#codecs = codecs;
    this.#records = records;
  }

  /** How many records are not read yet. */
  get size(): number {
    return this.#records().length - this.#at;
  }

  /** True where all are read. */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Undefined where all are read. */
  read(): TestRecord<K, V> | undefined {
    const record = this.#records()[this.#at];
    if (record === undefined) return undefined;
    this.#at++;
    const { key, value, timestamp, headers } = record;
    return { key: decode(this.#codecs.key, key), value: decode(this.#codecs.value, value), timestamp, headers };
  }

  /** All that are not read yet. */
  readAll(): TestRecord<K, V>[] {
    const all: TestRecord<K, V>[] = [];
    for (let record = this.read(); record !== undefined; record = this.read()) all.push(record);
    return all;
  }

  /** The last value of each key among those that are not read yet; null where that is a tombstone. */
  readToMap(): Map<K | null, V | null> {
    return new Map(this.readAll().map(({ key, value }) => [key, value]));
  }
}

function decode<T>(codec: Codec<T>, bytes: Uint8Array | null): T | null {
  return bytes === null ? null : codec.decode(Buffer.from(bytes), 0, bytes.length);
}
