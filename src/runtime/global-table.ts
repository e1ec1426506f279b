import type { TopicPartition } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Codec } from '../serde/serde.ts';
import { StagedStore } from '../state/staged-store.ts';
import type { CommittedTable, StateBackend } from '../state/store.ts';
import type { GlobalRows } from '../topology/global-table.ts';
import type { GlobalDeclaration } from '../topology/graph.ts';
import type { StreamRecord } from '../topology/records.ts';
import type { Codecs } from './codecs.ts';
import type { ErrorPolicy } from './error-policy.ts';

export interface GlobalTableParts {
  readonly codecs: Codecs;
  readonly backend: StateBackend;
  readonly errors: ErrorPolicy;
  readonly cacheEntries: number;
  readonly countDrop: (table: string, reason: string) => void;
}

/** One global table: rows of all partitions of its topic, and how records become rows. */
export class GlobalTable {
  readonly declaration: GlobalDeclaration;
  readonly staged: StagedStore<unknown, unknown>;
  readonly table: CommittedTable<unknown, unknown>;
  /** False while it reads what is there at the start: what is dropped then was counted before a restart. */
  isLoaded = false;
  readonly #parts: GlobalTableParts;
  readonly #key: Codec<unknown>;
  readonly #value: Codec<unknown>;
  readonly #nullKeys: boolean;
  readonly #put: (record: StreamRecord<unknown, unknown>) => void;

  constructor(declaration: GlobalDeclaration, parts: GlobalTableParts) {
    const { codecs, backend, cacheEntries } = parts;
    const { topic, processing } = declaration;
    const { key, value } = processing?.from ?? declaration;
    this.declaration = declaration;
    this.table = backend.table(declaration, 0);
    this.staged = new StagedStore({ spec: declaration, table: this.table, cacheEntries });
    this.#parts = parts;
    this.#key = codecs.get(topic, 'key', key);
    this.#value = codecs.get(topic, 'value', value);
    this.#nullKeys = processing !== undefined && key.nullable === true;
    this.#put = this.#putter();
  }

  /** Looks up the schemas that such records need. */
  async learn(records: readonly FetchedRecord[]): Promise<void> {
    await Promise.all([this.#key.prepare?.(records), this.#value.prepare?.(records)]);
  }

  /** Makes rows of a record; they are staged. */
  take(record: FetchedRecord, queue: TopicPartition): void {
    const { errors, countDrop } = this.#parts;
    if (record.keyEnd < 0 && !this.#nullKeys) {
      if (this.isLoaded) countDrop(this.declaration.name, 'null key');
      return;
    }
    let stage: 'deserialization' | 'processing' = 'deserialization';
    try {
      const decoded = this.#decode(record);
      // A row that cannot be put as it is, is one that could not be read.
      if (this.declaration.processing !== undefined) stage = 'processing';
      this.#put(decoded);
    } catch (error) {
      errors.handle(stage, error, { queue, record });
    }
  }

  #decode({ buffer, keyStart, keyEnd, valueStart, valueEnd, timestamp, headers }: FetchedRecord) {
    return {
      key: keyEnd < 0 ? null : this.#key.decode(buffer, keyStart, keyEnd),
      value: valueEnd < 0 ? null : this.#value.decode(buffer, valueStart, valueEnd),
      timestamp,
      headers,
    };
  }

  #putter(): (record: StreamRecord<unknown, unknown>) => void {
    const { staged } = this;
    const { processing } = this.declaration;
    if (processing === undefined) return ({ key, value, timestamp }) => staged.put(key, value, timestamp);
    let now = -1;
    const rows: GlobalRows<unknown, unknown> = {
      name: staged.name,
      get: (key) => staged.get(key)?.value,
      row: (key) => staged.get(key),
      put: (key, value, timestamp = now) => staged.put(key, value, timestamp),
      delete: (key) => staged.put(key, null, now),
      range: (query) => staged.range(query),
    };
    return (record) => {
      now = record.timestamp;
      processing.process(record, rows);
    };
  }
}
