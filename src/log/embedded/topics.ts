import { failure } from '../../errors.ts';
import type { TopicInfo, TopicPartition, TopicSpec } from '../port.ts';
import type { LogFile, Statement } from './log-file.ts';
import { topicSettings } from './topic-settings.ts';

/** Where a partition stands. */
export interface PartitionState {
  readonly id: number;
  /** The first offset kept. */
  readonly start: number;
  /** The offset that the next record gets. */
  readonly end: number;
}

/** Kafka's rule for names. */
const NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** Topics and partitions. Methods that write are called inside a write transaction. */
export class Topics {
  readonly #all: Statement<[], TopicInfo>;
  readonly #one: Statement<[string], TopicInfo & { id: number }>;
  readonly #config: Statement<[string], string>;
  readonly #state: Statement<[string, number], PartitionState>;
  readonly #insert: Statement<[string, number, string]>;
  readonly #insertPartition: Statement<[number | bigint, number]>;
  readonly #remove: readonly Statement<[number]>[];
  readonly #removeOffsets: Statement<[string]>;

  constructor(file: LogFile) {
    this.#all = file.prepare('SELECT name, partitions FROM topics ORDER BY name');
    this.#one = file.prepare('SELECT name, partitions, id FROM topics WHERE name = ?');
    this.#config = file.prepare<[string], string>('SELECT config FROM topics WHERE name = ?').pluck();
    this.#state = file.prepare(
      `SELECT p.id, p.log_start AS start, p.end_offset AS end FROM topics t JOIN partitions p ON p.topic_id = t.id
       WHERE t.name = ? AND p.partition = ?`,
    );
    this.#insert = file.prepare('INSERT INTO topics (name, partitions, config) VALUES (?, ?, ?)');
    this.#insertPartition = file.prepare('INSERT INTO partitions (topic_id, partition) VALUES (?, ?)');
    this.#remove = [
      file.prepare('DELETE FROM batches WHERE partition_id IN (SELECT id FROM partitions WHERE topic_id = ?)'),
      file.prepare('DELETE FROM partitions WHERE topic_id = ?'),
      file.prepare('DELETE FROM topics WHERE id = ?'),
    ];
    this.#removeOffsets = file.prepare('DELETE FROM committed_offsets WHERE topic = ?');
  }

  list(): TopicInfo[] {
    return this.#all.all();
  }

  describe(names: readonly string[]): TopicInfo[] {
    return names.flatMap((name) => {
      const found = this.#one.get(name);
      return found === undefined ? [] : [{ name, partitions: found.partitions }];
    });
  }

  /** Makes the topic unless it is there. Throws TOPIC_INVALID. */
  create({ name, partitions, config = {} }: TopicSpec): void {
    const refuse = (reason: string): Error => failure('TOPIC_INVALID', { topic: name, reason });
    if (!NAME.test(name)) throw refuse(`a name has 1 to 249 letters, digits, '.', '_' and '-'`);
    if (!Number.isInteger(partitions) || partitions < 1) throw refuse(`${partitions} is no number of partitions`);
    const settings = topicSettings(config);
    if (typeof settings === 'string') throw refuse(settings);
    if (this.#one.get(name) !== undefined) return;
    const { lastInsertRowid } = this.#insert.run(name, partitions, JSON.stringify(config));
    for (let partition = 0; partition < partitions; partition++) this.#insertPartition.run(lastInsertRowid, partition);
  }

  /** Removes the topic with all its records and the offsets committed for it. */
  delete(name: string): void {
    const found = this.#one.get(name);
    if (found === undefined) throw failure('TOPIC_UNKNOWN', { topic: name });
    for (const statement of this.#remove) statement.run(found.id);
    this.#removeOffsets.run(name);
  }

  /** The largest batch of one record that the topic takes; infinite for one that is not there. */
  maxMessageBytes(name: string): number {
    const config = this.#config.get(name);
    const settings = config === undefined ? 'unknown' : topicSettings(JSON.parse(config));
    return typeof settings === 'string' ? Number.POSITIVE_INFINITY : settings.maxMessageBytes;
  }

  /** Throws TOPIC_UNKNOWN, PARTITION_UNKNOWN. */
  state({ topic, partition }: TopicPartition): PartitionState {
    const state = this.#state.get(topic, partition);
    if (state !== undefined) return state;
    const found = this.#one.get(topic);
    if (found === undefined) throw failure('TOPIC_UNKNOWN', { topic });
    throw failure('PARTITION_UNKNOWN', { topic, partition, partitions: found.partitions });
  }
}
