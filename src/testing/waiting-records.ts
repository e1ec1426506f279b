import { BinaryHeap } from '../util/binary-heap.ts';
import type { CapturedRecord } from './captured-log.ts';

class TopicQueue {
  readonly topic: string;
  readonly #records: CapturedRecord[] = [];
  #at = 0;

  constructor(topic: string) {
    this.topic = topic;
  }

  get isEmpty(): boolean {
    return this.#at === this.#records.length;
  }

  /** Of its oldest record. */
  get timestamp(): number {
    return this.#records[this.#at]?.timestamp ?? Number.POSITIVE_INFINITY;
  }

  push(record: CapturedRecord): void {
    this.#records.push(record);
  }

  shift(): CapturedRecord | undefined {
    const record = this.#records[this.#at++];
    if (!this.isEmpty) return record;
    this.#records.length = 0;
    this.#at = 0;
    return record;
  }
}

/**
 * The records that wait to be processed, by topic. The next one is of the topic whose oldest record has the smallest
 * timestamp. Among equal ones the order is that of Kafka Streams' heap, in which a topic that has had its turn goes
 * behind: results show it.
 */
export class WaitingRecords {
  readonly #queues = new Map<string, TopicQueue>();
  readonly #heap = new BinaryHeap<TopicQueue>((a, b) => a.timestamp - b.timestamp);

  add(topic: string, record: CapturedRecord): void {
    const queue = this.#queues.get(topic) ?? new TopicQueue(topic);
    this.#queues.set(topic, queue);
    const wasEmpty = queue.isEmpty;
    queue.push(record);
    if (wasEmpty) this.#heap.add(queue);
  }

  clear(): void {
    this.#queues.clear();
    while (this.#heap.poll() !== undefined);
  }

  next(): { topic: string; record: CapturedRecord } | undefined {
    const queue = this.#heap.poll();
    const record = queue?.shift();
    if (queue === undefined || record === undefined) return undefined;
    if (!queue.isEmpty) this.#heap.add(queue);
    return { topic: queue.topic, record };
  }
}
