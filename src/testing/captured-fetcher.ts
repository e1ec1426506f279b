import type { FetchedPartition, Fetcher, Position, TopicPartition } from '../log/port.ts';
import { asFetched, type CapturedLog } from './captured-log.ts';

/** Reads a captured log: all that is there, at once. */
export class CapturedFetcher implements Fetcher {
  readonly #log: CapturedLog;
  readonly #positions = new Map<string, number>();
  readonly #paused = new Set<string>();

  constructor(log: CapturedLog) {
    this.#log = log;
  }

  assign(positions: readonly Position[]): void {
    for (const { topic, offset } of positions) this.#positions.set(topic, offset);
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const { topic } of partitions) this.#positions.delete(topic);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const { topic } of partitions) this.#paused.add(topic);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const { topic } of partitions) this.#paused.delete(topic);
  }

  async poll(): Promise<FetchedPartition[]> {
    const fetched: FetchedPartition[] = [];
    for (const [topic, position] of this.#positions) {
      const records = this.#log.topic(topic);
      const end = records.length;
      if (this.#paused.has(topic) || position >= end) continue;
      this.#positions.set(topic, end);
      const read = records.slice(position).map(asFetched);
      fetched.push({ topic, partition: 0, records: read, position: end, end, highWatermark: end });
    }
    return fetched;
  }

  async close(): Promise<void> {}
}
