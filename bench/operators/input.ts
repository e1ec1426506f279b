import type { OutgoingRecord } from '../../src/log/port.ts';
import { BatchBuilder } from '../../src/log/records/batch-builder.ts';
import { readBatches } from '../../src/log/records/batch-reader.ts';
import type { FetchedRecord } from '../../src/log/records/fetched-record.ts';
import type { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { type Encode, type InputTopic, inputTopics, LATE_MS, STEP_MS } from './input-topics.ts';
import type { OperatorCase } from './operator-case.ts';

/** Records of one topic, as a fetcher gives them. */
export interface Fetch {
  readonly topic: string;
  readonly records: readonly FetchedRecord[];
}

/** Makes the records of a case, the same in every run, in batches as the log has them. */
export class Input {
  readonly #encoders: ReadonlyMap<InputTopic, Encode>;
  readonly #turn: readonly InputTopic[];
  readonly #users: number;
  readonly #offsets = new Map<string, number>();
  #made = 0;
  #seed = 1;

  private constructor(
    { inputs = { orders: 1 }, keys = 10_000 }: OperatorCase,
    encoders: ReadonlyMap<InputTopic, Encode>,
  ) {
    this.#encoders = encoders;
    this.#users = keys;
    this.#turn = topicsOf(inputs).flatMap((topic) => Array.from({ length: inputs[topic] ?? 0 }, () => topic));
  }

  static async open(of: OperatorCase, registry: MemoryRegistry): Promise<Input> {
    const encoders = new Map<InputTopic, Encode>();
    for (const topic of topicsOf(inputTopics))
      encoders.set(topic, await inputTopics[topic].open({ topic, part: 'value', registry }));
    return new Input(of, encoders);
  }

  /** A record for each key of the tables that are joined with. */
  rows(): Fetch[] {
    const tables = [...new Set(this.#turn)].filter((topic) => inputTopics[topic].loaded);
    return tables.map((topic) => this.rowsOf(topic));
  }

  /** A record for each key of a topic, perhaps under another name. */
  rowsOf(topic: InputTopic, name: string = topic): Fetch {
    const count = inputTopics[topic].keys(this.#users);
    return this.#fetch(
      name,
      Array.from({ length: count }, (_, n) => this.#record(topic, n, 0)),
    );
  }

  /** The next records of all topics. */
  next(count: number): Fetch[] {
    const made = new Map<InputTopic, OutgoingRecord[]>();
    for (let i = 0; i < count; i++) {
      const topic = this.#turn[this.#made % this.#turn.length] ?? 'orders';
      const late = this.#chance() < 0.05 ? Math.floor(this.#chance() * LATE_MS) : 0;
      const at = Math.max(0, this.#made++ * STEP_MS - late);
      const n = Math.floor(this.#chance() * inputTopics[topic].keys(this.#users));
      const records = made.get(topic) ?? [];
      made.set(topic, records);
      records.push(this.#record(topic, n, at));
    }
    return [...made].map(([topic, records]) => this.#fetch(topic, records));
  }

  #record(topic: InputTopic, n: number, timestamp: number): OutgoingRecord {
    const encode = this.#encoders.get(topic);
    if (encode === undefined) throw new Error(`no codec of ${topic}`);
    const key = Buffer.from(inputTopics[topic].keyOf(n));
    return { key, value: Buffer.from(encode(n, timestamp, this.#chance)), timestamp, headers: [] };
  }

  #fetch(topic: string, records: readonly OutgoingRecord[]): Fetch {
    const builder = new BatchBuilder();
    for (const record of records) builder.append(record);
    const offset = this.#offsets.get(topic) ?? 0;
    this.#offsets.set(topic, offset + records.length);
    return { topic, records: recordsOf(builder, topic, offset) };
  }

  /** A linear congruential generator (Numerical Recipes). */
  readonly #chance = (): number => {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  };
}

/** What a builder holds, read back as a fetcher does. */
export function recordsOf(builder: BatchBuilder, topic: string, baseOffset: number): FetchedRecord[] {
  const records: FetchedRecord[] = [];
  if (builder.records === 0) return records;
  const bytes = builder.finish({ baseOffset });
  for (const batch of readBatches(bytes, { topic, partition: 0 })) batch.readInto(records, baseOffset);
  return records;
}

/** `Object.keys` does not say that an object of these types has no other keys. */
const topicsOf = (of: Partial<Record<InputTopic, unknown>>): InputTopic[] => Object.keys(of) as InputTopic[];
