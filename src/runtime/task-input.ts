import { failure } from '../errors.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Codec, Serde } from '../serde/serde.ts';
import type { StreamRecord } from '../topology/records.ts';
import type { ErrorPolicy } from './error-policy.ts';
import type { RecordQueue } from './record-queue.ts';

export type Enter = (record: StreamRecord<unknown, unknown>) => void;

/** One source node: how its bytes are read and where its records enter the graph. */
export interface Entrance {
  readonly enter: Enter;
  readonly key: Codec<unknown>;
  readonly value: Codec<unknown>;
  /** Which nulls are records like any other; other nulls are bad input. */
  readonly nullKeys: boolean;
  readonly nullValues: boolean;
}

/** One input partition of a task: its queue, and the source nodes that read it. */
export class TaskInput {
  readonly queue: RecordQueue;
  readonly #entrances: readonly Entrance[];
  readonly #errors: ErrorPolicy;

  constructor(queue: RecordQueue, entrances: readonly Entrance[], errors: ErrorPolicy) {
    this.queue = queue;
    this.#entrances = entrances;
    this.#errors = errors;
  }

  /** Looks up the schemas that these records need; undefined where all are known. */
  prepare(records: readonly FetchedRecord[]): Promise<unknown> | undefined {
    const waits = this.#entrances.flatMap(({ key, value }) => [
      key.prepare?.(records) ?? [],
      value.prepare?.(records) ?? [],
    ]);
    const needed = waits.flat();
    return needed.length === 0 ? undefined : Promise.all(needed);
  }

  /** Takes the head through the graph, depth first, to the end. */
  process(record: FetchedRecord): void {
    for (let i = 0; i < this.#entrances.length; i++) {
      const entrance = this.#entrances[i];
      if (entrance !== undefined) this.#enter(entrance, record);
    }
    this.queue.shift();
  }

  #enter(entrance: Entrance, record: FetchedRecord): void {
    let decoded: StreamRecord<unknown, unknown>;
    try {
      decoded = decode(entrance, record);
    } catch (error) {
      this.#errors.handle('deserialization', error, { queue: this.queue, record });
      return;
    }
    try {
      entrance.enter(decoded);
    } catch (error) {
      this.#errors.handle('processing', error, { queue: this.queue, record });
    }
  }
}

function decode(entrance: Entrance, record: FetchedRecord): StreamRecord<unknown, unknown> {
  const { buffer, keyStart, keyEnd, valueStart, valueEnd, timestamp, headers } = record;
  if (keyEnd < 0 && !entrance.nullKeys) throw failure('RECORD_UNREADABLE', { reason: 'its key is null' });
  if (valueEnd < 0 && !entrance.nullValues)
    throw failure('RECORD_UNREADABLE', {
      reason: 'its value is null (a tombstone), and a stream has no rows to delete',
    });
  return {
    key: keyEnd < 0 ? null : entrance.key.decode(buffer, keyStart, keyEnd),
    value: valueEnd < 0 ? null : entrance.value.decode(buffer, valueStart, valueEnd),
    timestamp,
    headers,
  };
}

/** Nulls that a source lets through: a table's deletions, internal topics, and what a `nullable` serde declares. */
export function lettingNullsThrough(source: {
  key: Serde<unknown>;
  value: Serde<unknown>;
  internal: boolean;
  table: boolean;
}): Pick<Entrance, 'nullKeys' | 'nullValues'> {
  return {
    nullKeys: source.key.nullable === true || source.table || source.internal,
    nullValues: source.value.nullable === true || source.table || source.internal,
  };
}
