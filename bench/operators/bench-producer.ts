import type { OutgoingRecord, Position, Producer } from '../../src/log/port.ts';
import { BatchBuilder } from '../../src/log/records/batch-builder.ts';
import { type Fetch, recordsOf } from './input.ts';

interface Topic {
  readonly name: string;
  /** The tasks read it: its records come back. */
  readonly internal: boolean;
  readonly builder: BatchBuilder;
  end: number;
}

/** Builds batches as the producers of the logs do, and sends them nowhere but back, where they are the tasks' own input. */
export class BenchProducer implements Producer {
  readonly pendingBytes = 0;
  /** Records written to topics that are no changelog. */
  outputs = 0;
  readonly #topics = new Map<string, Topic>();
  readonly #isInternal: (topic: string) => boolean;
  #returned: Fetch[] = [];

  constructor(isInternal: (topic: string) => boolean) {
    this.#isInternal = isInternal;
  }

  get isEmpty(): boolean {
    return [...this.#topics.values()].every(({ builder }) => builder.records === 0);
  }

  append(name: string, _partition: number, record: OutgoingRecord): void {
    const topic = this.#topics.get(name) ?? this.#open(name);
    topic.builder.append(record);
  }

  async commit(): Promise<Position[]> {
    return [...this.#topics.values()].map((topic) => {
      if (topic.internal)
        this.#returned.push({ topic: topic.name, records: recordsOf(topic.builder, topic.name, topic.end) });
      else if (!topic.name.endsWith('-changelog')) this.outputs += topic.builder.records;
      topic.end += topic.builder.records;
      topic.builder.reset();
      return { topic: topic.name, partition: 0, offset: topic.end };
    });
  }

  /** What was committed to topics that the tasks read. */
  take(): Fetch[] {
    const returned = this.#returned.filter(({ records }) => records.length > 0);
    this.#returned = [];
    return returned;
  }

  async drained(): Promise<void> {}

  async abort(): Promise<void> {}

  async close(): Promise<void> {}

  #open(name: string): Topic {
    const topic = { name, internal: this.#isInternal(name), builder: new BatchBuilder(), end: 0 };
    this.#topics.set(name, topic);
    return topic;
  }
}
