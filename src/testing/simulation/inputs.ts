import { Partitioner } from '../../log/partitioner.ts';
import type { Headers } from '../../log/port.ts';
import type { Registry } from '../../serde/registry/registry.ts';
import type { Serde } from '../../serde/serde.ts';
import type { StoredRecord } from './partition-log.ts';

/**
 * A record of a simulated input.
 *
 * @see `simulatedInput`
 */
export interface SimulatedRecord<K, V> {
  readonly key: K | null;
  /** Null: a tombstone. */
  readonly value: V | null;
  /** ms since 1970. */
  readonly timestamp: number;
  readonly headers?: Headers;
  /** That of the key, if not given. */
  readonly partition?: number;
}

/**
 * Records of one topic, in the order in which they were written; of each partition, this order is kept.
 *
 * @see `simulatedInput`
 */
export interface SimulatedInput {
  readonly topic: string;
  readonly records: readonly SimulatedRecord<unknown, unknown>[];
  readonly key: Serde<unknown>;
  readonly value: Serde<unknown>;
}

/**
 * Records for an input topic of a simulation, checked against the serdes that write them.
 *
 * @example
 * const clicks = simulatedInput({
 *   topic: 'clicks',
 *   key: string(),
 *   value: string(),
 *   records: [
 *     { key: 'ann', value: 'home', timestamp: 1 },
 *     { key: 'ann', value: null, timestamp: 2, partition: 1 },
 *   ],
 * });
 * clicks.records.length; // → 2
 */
export function simulatedInput<K, V>(input: {
  topic: string;
  key: Serde<K>;
  value: Serde<V>;
  records: readonly SimulatedRecord<NoInfer<K>, NoInfer<V>>[];
}): SimulatedInput {
  // Only these serdes are used on these records.
  return input as unknown as SimulatedInput;
}

/** One partition's records, as bytes. */
export interface EncodedInput {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly StoredRecord[];
}

/** Writes the records of a topic as bytes, each into its partition. */
export async function encodeInput(
  { topic, key, value, records }: SimulatedInput,
  { registry, partitions }: { registry: Registry; partitions: number },
): Promise<EncodedInput[]> {
  const keys = await key.open({ topic, part: 'key', registry });
  const values = await value.open({ topic, part: 'value', registry });
  const partitioner = new Partitioner();
  const encoded = Array.from({ length: partitions }, (_, partition) => ({
    topic,
    partition,
    records: [] as StoredRecord[],
  }));
  for (const { key: k, value: v, timestamp, headers = [], partition } of records) {
    const keyBytes = k === null ? null : Buffer.from(keys.encode(k));
    const valueBytes = v === null ? null : Buffer.from(values.encode(v));
    const to = partition ?? partitioner.choose(keyBytes, partitions);
    encoded[to]?.records.push({ key: keyBytes, value: valueBytes, timestamp, headers });
  }
  return encoded;
}
