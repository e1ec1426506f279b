import type { Headers } from '../log/port.ts';
import type { Codec } from '../serde/serde.ts';

/**
 * Which timestamps records have that are piped without one.
 *
 * @see `TestInputTopic`
 */
export interface TestInputTopicOptions {
  /** Timestamp of the first record that is piped without one, ms. Default 0. */
  readonly startTimestamp?: number;
  /** How far the timestamp moves with each record that is piped without one, ms. Default 0. */
  readonly autoAdvanceMs?: number;
}

export interface PipedRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: number;
  readonly headers: Headers;
}

/**
 * Writes typed records to an input topic.
 *
 * @example
 * const doubled = topology('doubled', (flow) => {
 *   const numbers = flow.stream('numbers', { key: string(), value: integer() });
 *   numbers.pipe(mapValues((n) => n * 2), to('doubles', { value: integer() }));
 * });
 * const driver = await TopologyTestDriver.open(doubled);
 * const serdes = { key: string(), value: integer() };
 * const numbers = await driver.input('numbers', { ...serdes, startTimestamp: 100, autoAdvanceMs: 10 });
 * numbers.pipe('a', 1);
 * numbers.pipe('a', 2);
 * const doubles = await driver.output('doubles', serdes);
 * doubles.readAll().map(({ value, timestamp }) => [value, timestamp]); // → [[2, 100], [4, 110]]
 */
export class TestInputTopic<K, V> {
  readonly #codecs: { readonly key: Codec<K>; readonly value: Codec<V> };
  readonly #send: (record: PipedRecord) => void;
  readonly #autoAdvanceMs: number;
  #next: number;

  /** @internal */
  constructor(
    codecs: { key: Codec<K>; value: Codec<V> },
    send: (record: PipedRecord) => void,
    { startTimestamp = 0, autoAdvanceMs = 0 }: TestInputTopicOptions = {},
  ) {
    this.#codecs = codecs;
    this.#send = send;
    this.#next = startTimestamp;
    this.#autoAdvanceMs = autoAdvanceMs;
  }

  /**
   * Processes the record, and all that follows from it, before it returns. A null key or value is one of the record, not
   * of the serde. Throws RECORD_REJECTED and PROCESSING_FAILED as the settings say.
   */
  pipe(key: K | null, value: V | null, at: { timestamp?: number; headers?: Headers } = {}): void {
    const { headers = [] } = at;
    const timestamp = at.timestamp ?? this.#advance();
    this.#send({
      key: key === null ? null : Buffer.from(this.#codecs.key.encode(key)),
      value: value === null ? null : Buffer.from(this.#codecs.value.encode(value)),
      timestamp,
      headers,
    });
  }

  #advance(): number {
    const timestamp = this.#next;
    this.#next += this.#autoAdvanceMs;
    return timestamp;
  }
}
