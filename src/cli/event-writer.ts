import { randomUUID } from 'node:crypto';
import { partitionOfKey } from '../log/partitioner.ts';
import type { Headers, Producer } from '../log/port.ts';
import type { ShopTopic, ShopTopics } from '../orders/events.ts';
import { shopEvents } from '../orders/shop-events.ts';
import type { Connection } from '../runtime/connect.ts';
import { string } from '../serde/string.ts';
import { type OpenTopic, openTopics } from '../service/topic-codecs.ts';

/** Records of one transaction. */
const BATCH = 5000;

/** Writes events of the shop in batches: each is in the log as a whole, or not at all. */
export class EventWriter {
  readonly #topics: ReadonlyMap<string, OpenTopic>;
  readonly #producer: Producer;
  #open = 0;
  #committed = 0;
  #committing: Promise<void> = Promise.resolve();

  private constructor(topics: ReadonlyMap<string, OpenTopic>, producer: Producer) {
    this.#topics = topics;
    this.#producer = producer;
  }

  /** Opens it for topics that exist, and registers their schemas. */
  static async open({ log, registry }: Connection, names: readonly ShopTopic[]): Promise<EventWriter> {
    const serdes = names.map((name) => [name, { key: string(), value: shopEvents[name].serde }] as const);
    const topics = await openTopics(Object.fromEntries(serdes), { log, registry, register: true });
    return new EventWriter(topics, await log.producer({ transactionalId: `millrace-writer-${randomUUID()}` }));
  }

  /** Events that are in the log. */
  get committed(): number {
    return this.#committed;
  }

  write<T extends ShopTopic>(topic: T, event: ShopTopics[T]): void {
    const to = this.#topics.get(topic);
    if (to === undefined) throw new Error(`Bug in Millrace: ${topic} was not opened`);
    const { key, timestamp } = shopEvents[topic];
    const keyBytes = to.key.encode(key(event));
    const partition = partitionOfKey(keyBytes, to.partitions);
    const value = to.value.encode(event);
    this.#producer.append(topic, partition, { key: keyBytes, value, timestamp: timestamp(event), headers: [] });
    this.#open++;
  }

  /** Writes a record that is no event: a line that could not be read. */
  writeRaw(topic: string, value: Buffer, headers: Headers): void {
    this.#producer.append(topic, 0, { key: null, value, timestamp: Date.now(), headers });
  }

  /** Commits when a batch is full; the next one may gather meanwhile. */
  async commitFull(): Promise<void> {
    if (this.#open < BATCH) return;
    await this.#committing;
    this.#committing = this.#commit();
    // Told by whoever awaits it next.
    this.#committing.catch(() => {});
  }

  /** Commits all that was written. */
  async commit(): Promise<void> {
    await this.#committing;
    this.#committing = this.#commit();
    await this.#committing;
  }

  /** Drops what is not committed. */
  async close(): Promise<void> {
    await this.#committing.catch(() => {});
    await this.#producer.close();
  }

  async #commit(): Promise<void> {
    const events = this.#open;
    this.#open = 0;
    await this.#producer.commit();
    this.#committed += events;
  }
}
