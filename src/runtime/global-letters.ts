import type { Log, OutgoingRecord, Producer } from '../log/port.ts';

/**
 * Dead letters of global tables. They are read beside the transactions of tasks, so their letters have a producer of
 * their own, opened for the first one; after a crash a letter may be written again.
 */
export class GlobalLetters {
  readonly #log: Pick<Log, 'producer'>;
  readonly #topic: string;
  #producer: Producer | undefined;
  #waiting: OutgoingRecord[] = [];

  constructor(log: Pick<Log, 'producer'>, topic: string) {
    this.#log = log;
    this.#topic = topic;
  }

  add(record: OutgoingRecord): void {
    this.#waiting.push(record);
  }

  /** Resolves when the log has all that were added. */
  async send(): Promise<void> {
    if (this.#waiting.length === 0) return;
    this.#producer ??= await this.#log.producer({});
    for (const record of this.#waiting) this.#producer.append(this.#topic, 0, record);
    await this.#producer.commit();
    this.#waiting = [];
  }

  async close(): Promise<void> {
    await this.#producer?.close();
  }
}
