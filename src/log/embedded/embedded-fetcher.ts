import { setImmediate as turn } from 'node:timers/promises';
import { failure } from '../../errors.ts';
import type { FetchedPartition, Fetcher, Position, TopicPartition } from '../port.ts';
import type { Tables } from './tables.ts';

interface Reading extends TopicPartition {
  position: number;
  paused: boolean;
}

/** Of all partitions in one answer. */
const MAX_BYTES_PER_POLL = 8 * 1024 * 1024;

/**
 * Reads when it is polled: a read of the file takes no waiting, so nothing is gained by reading ahead. What a fetcher
 * may see is what is committed, whatever its isolation.
 */
export class EmbeddedFetcher implements Fetcher {
  readonly #tables: Tables;
  readonly #maxBytes: number;
  /** In the order in which they are read: who has had its turn goes to the end. */
  readonly #readings = new Map<string, Reading>();
  /** The stamp of the file when last nothing was found; undefined where a partition has not been looked at since. */
  #nothingAt: number | undefined;
  #closed = false;

  constructor(tables: Tables, maxBytesPerPartition: number) {
    this.#tables = tables;
    this.#maxBytes = maxBytesPerPartition;
  }

  assign(positions: readonly Position[]): void {
    for (const { topic, partition, offset } of positions) {
      const paused = this.#readings.get(nameOf(topic, partition))?.paused ?? false;
      this.#readings.set(nameOf(topic, partition), { topic, partition, position: offset, paused });
    }
    this.#lookAgain();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.#readings.delete(nameOf(topic, partition));
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, false);
    this.#lookAgain();
  }

  async poll(maxWaitMs: number): Promise<FetchedPartition[]> {
    const deadline = performance.now() + maxWaitMs;
    const { file } = this.#tables;
    // Reading is synchronous: without this a caller who polls in a loop would let no timer and no socket have its turn.
    await turn();
    while (!this.#closed) {
      const stamp = file.watch.stamp();
      const found = stamp === this.#nothingAt ? [] : file.read(() => this.#read());
      if (found.length > 0) return found;
      this.#nothingAt = stamp;
      const left = deadline - performance.now();
      if (left <= 0) return [];
      await file.watch.wait(stamp, left);
    }
    return [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#readings.clear();
    this.#tables.file.watch.notify();
  }

  #setPaused(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const { topic, partition } of partitions) {
      const reading = this.#readings.get(nameOf(topic, partition));
      if (reading !== undefined) reading.paused = paused;
    }
  }

  #lookAgain(): void {
    this.#nothingAt = undefined;
    this.#tables.file.watch.notify();
  }

  #read(): FetchedPartition[] {
    const found: FetchedPartition[] = [];
    let bytes = 0;
    for (const [name, reading] of [...this.#readings]) {
      if (reading.paused) continue;
      if (bytes >= MAX_BYTES_PER_POLL) break;
      const one = this.#tryRead(reading, found.length > 0);
      if (one === undefined) continue;
      found.push(one);
      bytes += this.#maxBytes;
      this.#readings.delete(name);
      this.#readings.set(name, reading);
    }
    return found;
  }

  /** An error waits for the next poll where this one has something to give already, which would be lost with it. */
  #tryRead(reading: Reading, hasFound: boolean): FetchedPartition | undefined {
    try {
      return this.#readOne(reading);
    } catch (error) {
      if (hasFound) return undefined;
      throw error;
    }
  }

  #readOne(reading: Reading): FetchedPartition | undefined {
    const { topic, partition, position: from } = reading;
    const { topics, batches } = this.#tables;
    const state = topics.state(reading);
    const { start, end } = state;
    if (from < start || from > end) {
      throw failure('OFFSET_OUT_OF_RANGE', { topic, partition, offset: from, earliest: start, end });
    }
    if (from === end) return undefined;
    const { records, position } = batches.read(reading, state, from, this.#maxBytes);
    reading.position = position;
    return { topic, partition, records, position, end, highWatermark: end };
  }
}

function nameOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
