import type { Task } from '../../runtime/task.ts';
import type { Codec } from '../../serde/serde.ts';
import { StagedStore } from '../../state/staged-store.ts';
import { TimedStagedStore } from '../../state/timed-store.ts';
import type { PartitionLog } from './partition-log.ts';

/** A record or row, as it is compared and as it is shown. */
export interface Fact {
  readonly partition: number;
  readonly key: string;
  /** Null: the key is deleted. */
  readonly value: string | null;
  readonly timestamp: number;
  readonly text: () => string;
}

/** What a run has left behind: records of the output topics by topic, rows of the stores by name. */
export interface Outcome {
  readonly outputs: ReadonlyMap<string, readonly Fact[]>;
  readonly stores: ReadonlyMap<string, readonly Fact[]>;
}

type Codecs = { readonly key: Codec<unknown>; readonly value: Codec<unknown> };

/** What a read_committed reader finds in a topic, in the order of each partition. */
export function outputFacts(partitions: readonly PartitionLog[], codecs: Codecs | undefined): Fact[] {
  return partitions.flatMap((log) =>
    log.committed().map(({ buffer, keyStart, keyEnd, valueStart, valueEnd, timestamp, offset, headers }) => {
      const key = keyEnd < 0 ? '(null)' : buffer.toString('latin1', keyStart, keyEnd);
      const value = valueEnd < 0 ? null : buffer.toString('latin1', valueStart, valueEnd);
      const carried = headers
        .map(([name, bytes]) => `${name}=${bytes && Buffer.from(bytes).toString('latin1')}`)
        .join();
      const shownValue = (): string => shownBytes(codecs?.value, value);
      const text = (): string =>
        `${shownBytes(codecs?.key, keyEnd < 0 ? null : key)}: ${shownValue()} @${timestamp} (offset ${offset})`;
      return { partition: log.partition, key, value: value && `${value}${carried}`, timestamp, text };
    }),
  );
}

/** The rows of all stores of these tasks. */
export function storeFacts(tasks: readonly Task[]): Map<string, Fact[]> {
  const facts = new Map<string, Fact[]>();
  for (const task of tasks) {
    for (const { declaration, staged, key, value, partition } of task.stores.all()) {
      const rows =
        staged instanceof TimedStagedStore ? staged.all() : staged instanceof StagedStore ? staged.range() : [];
      const found = facts.get(declaration.name) ?? [];
      facts.set(declaration.name, found);
      for (const row of rows)
        found.push({
          partition,
          key: key.encode(row.key).toString('latin1'),
          value: value.encode(row.value).toString('latin1'),
          timestamp: row.timestamp,
          text: () => `${shown(row.key)}: ${shown(row.value)} @${row.timestamp}`,
        });
    }
  }
  return facts;
}

function shownBytes(codec: Codec<unknown> | undefined, bytes: string | null): string {
  if (bytes === null) return 'null';
  const buffer = Buffer.from(bytes, 'latin1');
  try {
    if (codec !== undefined) return shown(codec.decode(buffer, 0, buffer.length));
  } catch {
    // Shown as it is, then.
  }
  return `0x${buffer.toString('hex')}`;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? 'undefined';
}
