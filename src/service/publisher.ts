import { failure } from '../errors.ts';
import { partitionOfKey } from '../log/partitioner.ts';
import type { Log, Producer } from '../log/port.ts';
import type { Registry } from '../serde/registry/registry.ts';
import { assert } from '../util/assert.ts';
import type { Publication } from './publication.ts';
import { type OpenTopic, openTopics } from './topic-codecs.ts';

/**
 * Writes events to a log; each call resolves when the log has acknowledged its event.
 *
 * @see `createPublisher`
 */
export interface Publisher {
  /**
   * Writes an event. Calls made at once go out as one batch. Rejects with VALUE_INVALID where the event does not fit its
   * schema, with SETTING_INVALID where its topic was not among the publications, and with the log's error where the batch was not written; the event may then be published again.
   */
  publish<K, E>(publication: Publication<K, E>, event: E): Promise<void>;
  /** Waits for what is under way, then lets go of the log. */
  close(): Promise<void>;
}

/** What is published, and where. */
export interface PublisherOptions {
  readonly log: Log;
  readonly registry: Registry;
  /** All that will be published; their topics must exist. */
  readonly publications: readonly Publication<unknown, unknown>[];
}

/**
 * Opens a publisher and registers its schemas. Throws TOPIC_UNKNOWN, SCHEMA_INCOMPATIBLE, REGISTRY_UNREACHABLE.
 *
 * @example
 * const { log, registry, close } = await openEmbedded({ path: 'publisher.db' });
 * await log.createTopics([{ name: 'clicks', partitions: 1 }]);
 * const clicked = publication({
 *   topic: 'clicks',
 *   keySerde: string(),
 *   serde: string(),
 *   key: (page) => page,
 *   timestamp: () => 5,
 * });
 * const publisher = await createPublisher({ log, registry, publications: [clicked] });
 * await publisher.publish(clicked, 'home');
 * await publisher.close();
 * await log.offsets([{ topic: 'clicks', partition: 0 }], 'end'); // → [{ topic: 'clicks', partition: 0, offset: 1 }]
 * await close();
 */
export async function createPublisher({ log, registry, publications }: PublisherOptions): Promise<Publisher> {
  const serdes = publications.map(({ topic, keySerde, serde }) => [topic, { key: keySerde, value: serde }] as const);
  const topics = await openTopics(Object.fromEntries(serdes), { log, registry, register: true });
  return new BatchingPublisher(topics, await log.producer({}));
}

/** While a batch is being written, the next one gathers. All calls of a batch share one promise. */
class BatchingPublisher implements Publisher {
  readonly #topics: ReadonlyMap<string, OpenTopic>;
  readonly #producer: Producer;
  #gathering: Batch | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(topics: ReadonlyMap<string, OpenTopic>, producer: Producer) {
    this.#topics = topics;
    this.#producer = producer;
  }

  // Async, so that an event that cannot be encoded rejects like any other failure.
  async publish<K, E>(publication: Publication<K, E>, event: E): Promise<void> {
    assert(!this.#isClosed, 'publish after close');
    this.#append(publication, event);
    this.#gathering ??= this.#nextBatch();
    await this.#gathering.promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#gathering?.promise.catch(() => {});
    await this.#writing;
    await this.#producer.close();
  }

  #append<K, E>(publication: Publication<K, E>, event: E): void {
    const topic = this.#topics.get(publication.topic);
    if (topic === undefined) throw notOpened(publication.topic, [...this.#topics.keys()]);
    const key = topic.key.encode(publication.key(event));
    const value = topic.value.encode(event);
    const partition = partitionOfKey(key, topic.partitions);
    const timestamp = publication.timestamp(event);
    this.#producer.append(topic.name, partition, { key, value, timestamp, headers: [] });
  }

  /** Is written when the batch before it is; what is published until then joins it. */
  #nextBatch(): Batch {
    const batch = { ...Promise.withResolvers<void>(), isDropped: false };
    this.#writing = this.#writing.then(() => this.#write(batch));
    return batch;
  }

  async #write(batch: Batch): Promise<void> {
    if (batch.isDropped) return;
    this.#gathering = undefined;
    try {
      await this.#producer.commit();
      batch.resolve();
    } catch (error) {
      await this.#giveUp(error);
      batch.reject(error);
    }
  }

  /** The abort drops all that is pending, so what has gathered until then fails with the same error. */
  async #giveUp(error: unknown): Promise<void> {
    await this.#producer.abort();
    const gathered: Batch | undefined = this.#gathering;
    if (gathered === undefined) return;
    this.#gathering = undefined;
    gathered.isDropped = true;
    gathered.reject(error);
  }
}

function notOpened(topic: string, opened: readonly string[]): Error {
  const problems = `${topic} is not among the publications that createPublisher was given (${opened.join(', ') || 'none'})`;
  return failure('SETTING_INVALID', { problems });
}

interface Batch extends PromiseWithResolvers<void> {
  /** It failed with the batch before it. */
  isDropped: boolean;
}
