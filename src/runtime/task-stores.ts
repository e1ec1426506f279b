import type { Position } from '../log/port.ts';
import type { Codec } from '../serde/serde.ts';
import type { Generation } from '../state/generation.ts';
import { StagedStore } from '../state/staged-store.ts';
import type { Change, CommittedTable, KeyValueStore, StateBackend, TimedStore } from '../state/store.ts';
import type { TimedStoreSpec } from '../state/timed-key.ts';
import { type SealedTime, TimedStagedStore } from '../state/timed-store.ts';
import { TimedTable } from '../state/timed-table.ts';
import type { StoreDeclaration } from '../topology/graph.ts';
import { NO_HEADERS } from '../topology/records.ts';
import type { Send } from '../topology/task-scope.ts';
import { ChangelogTrim } from './changelog-trim.ts';

/** What a commit asks of a store, whatever its rows are like. */
export interface StagedState {
  /** Rows written since the last `seal`. */
  readonly unsealed: number;
  /** Of a store whose rows become too old. */
  readonly sealedTime?: SealedTime | undefined;
  seal(): Generation<unknown, unknown>;
  committed(generation: Generation<unknown, unknown>): void;
  drain(): Iterable<Change<unknown, unknown>>;
  drained(): void;
  keep(rows: number): void;
  reset(): void;
}

/** One store of one task, with all that its life needs. */
export interface TaskStore {
  readonly declaration: StoreDeclaration;
  readonly staged: StagedState;
  readonly table: CommittedTable<unknown, unknown>;
  /** Where its rows can be read again: a changelog, or the source topic of a table. */
  readonly topic: string;
  readonly partition: number;
  readonly key: Codec<unknown>;
  readonly value: Codec<unknown>;
  /** Undefined where the source topic is the changelog, and where there is none. */
  readonly changelog: Send | undefined;
  /** Of a store whose rows become too old. */
  readonly trim: ChangelogTrim | undefined;
}

/**
 * Where the rows of a store come from, and under which name the state file notes how far it has them. A table that is read
 * from its source has a note of its own beside the input's: another store on the same topic begins from nothing.
 */
export function changelogPosition({ declaration, topic }: Pick<TaskStore, 'declaration' | 'topic'>): {
  readonly topic: string;
  readonly key: string;
} {
  return { topic, key: positionName(declaration, topic) };
}

export function positionName({ name, sourceTopic }: StoreDeclaration, topic: string): string {
  return sourceTopic === undefined ? topic : `table/${name}/${topic}`;
}

/** What a commit of a task has sealed: confirmed when the log has it, else dropped. */
export type SealedStores = readonly SealedStore[];

export interface SealedStore {
  readonly store: TaskStore;
  readonly generation: Generation<unknown, unknown>;
  readonly time: SealedTime | undefined;
}

/** The stores of one task. */
export class TaskStores {
  readonly #stores = new Map<string, TaskStore>();

  open(backend: StateBackend, store: Omit<TaskStore, 'staged' | 'table' | 'trim'>, cacheEntries: number): void {
    const { declaration, partition } = store;
    this.#stores.set(declaration.name, { ...store, ...openState(backend, { declaration, partition, cacheEntries }) });
  }

  get(name: string): KeyValueStore<unknown, unknown> {
    const staged = this.#stores.get(name)?.staged;
    if (staged instanceof StagedStore) return staged;
    throw new Error(`Bug in Millrace: store ${name} is not open in this task, or has times`);
  }

  timed(name: string): TimedStore<unknown, unknown> {
    const staged = this.#stores.get(name)?.staged;
    if (staged instanceof TimedStagedStore) return staged;
    throw new Error(`Bug in Millrace: timed store ${name} is not open in this task`);
  }

  all(): IterableIterator<TaskStore> {
    return this.#stores.values();
  }

  /** Rows written since the last `seal`, of all stores. */
  get unsealed(): number {
    let rows = 0;
    for (const { staged } of this.#stores.values()) rows += staged.unsealed;
    return rows;
  }

  /** The store of a name, where it is open here. */
  find(name: string): TaskStore | undefined {
    return this.#stores.get(name);
  }

  /** Ends the generation of each store and sends its rows to the changelogs: the last one of each key. */
  seal(): SealedStores {
    const sealed: SealedStore[] = [];
    for (const store of this.#stores.values()) {
      const generation = store.staged.seal();
      const { changelog } = store;
      if (changelog !== undefined) {
        for (const { key, value, timestamp } of generation) changelog(key, value, timestamp, NO_HEADERS);
      }
      sealed.push({ store, generation, time: store.staged.sealedTime });
    }
    return sealed;
  }

  /** The log has the generation: it may go to the state file. */
  confirm(sealed: SealedStores): void {
    for (const { store, generation } of sealed) store.staged.committed(generation);
  }

  /** Hands what is confirmed to the tables; inside `StateBackend.commit`. */
  write(): void {
    for (const { table, staged } of this.#stores.values()) table.write(staged.drain());
  }

  /** How far changelogs may be cut off; each offset is given once. */
  trimmed(): Position[] {
    return [...this.#stores.values()].flatMap(({ topic, partition, trim }) => {
      const offset = trim?.take();
      return offset === undefined ? [] : [{ topic, partition, offset }];
    });
  }

  /** What `write` handed over is in the state file. */
  written(): void {
    for (const { staged } of this.#stores.values()) staged.drained();
  }

  get size(): number {
    return this.#stores.size;
  }

  /** How many decoded rows each of them keeps in memory. */
  keep(rows: number): void {
    for (const { staged } of this.#stores.values()) staged.keep(rows);
  }

  /** Reads the tables anew: they were restored. */
  reset(): void {
    for (const { staged } of this.#stores.values()) staged.reset();
  }
}

function openState(
  backend: StateBackend,
  { declaration, partition, cacheEntries }: { declaration: StoreDeclaration; partition: number; cacheEntries: number },
): Pick<TaskStore, 'staged' | 'table' | 'trim'> {
  if (declaration.timed === undefined) {
    const table = backend.table(declaration, partition);
    return { table, staged: new StagedStore({ spec: declaration, table, cacheEntries }), trim: undefined };
  }
  // Only `timedStore` makes declarations with times, and their keys have them.
  const spec = declaration as TimedStoreSpec<unknown, unknown>;
  const table = new TimedTable(backend, spec, partition);
  const { retentionMs } = spec.timed;
  const trim = Number.isFinite(retentionMs) ? new ChangelogTrim(retentionMs) : undefined;
  return { table, staged: new TimedStagedStore({ spec, table, cacheEntries }), trim };
}
