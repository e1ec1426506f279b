import type { Codec } from '../serde/serde.ts';
import type { Generation } from '../state/generation.ts';
import { StagedStore } from '../state/staged-store.ts';
import type { CommittedTable, KeyValueStore, StateBackend } from '../state/store.ts';
import type { StoreDeclaration } from '../topology/graph.ts';
import { NO_HEADERS } from '../topology/records.ts';
import type { Send } from '../topology/task-scope.ts';

/** One store of one task, with all that its life needs. */
export interface TaskStore {
  readonly declaration: StoreDeclaration;
  readonly staged: StagedStore<unknown, unknown>;
  readonly table: CommittedTable<unknown, unknown>;
  /** Where its rows can be read again: a changelog, or the source topic of a table. */
  readonly topic: string;
  readonly partition: number;
  readonly key: Codec<unknown>;
  readonly value: Codec<unknown>;
  /** Undefined where the source topic is the changelog. */
  readonly changelog: Send | undefined;
}

/** What a commit of a task has sealed: confirmed when the log has it, else dropped. */
export type SealedStores = readonly { readonly store: TaskStore; readonly generation: Generation<unknown, unknown> }[];

/** The stores of one task. */
export class TaskStores {
  readonly #stores = new Map<string, TaskStore>();

  open(backend: StateBackend, store: Omit<TaskStore, 'staged' | 'table'>, cacheEntries: number): void {
    const table = backend.table(store.declaration, store.partition);
    const staged = new StagedStore({ spec: store.declaration, table, cacheEntries });
    this.#stores.set(store.declaration.name, { ...store, table, staged });
  }

  get(name: string): KeyValueStore<unknown, unknown> {
    const store = this.#stores.get(name);
    if (store === undefined) throw new Error(`Bug in Millrace: store ${name} is not open in this task`);
    return store.staged;
  }

  all(): IterableIterator<TaskStore> {
    return this.#stores.values();
  }

  /** Ends the generation of each store and sends its rows to the changelogs: the last one of each key. */
  seal(): SealedStores {
    const sealed: { store: TaskStore; generation: Generation<unknown, unknown> }[] = [];
    for (const store of this.#stores.values()) {
      const generation = store.staged.seal();
      const { changelog } = store;
      if (changelog !== undefined) {
        for (const { key, value, timestamp } of generation) changelog(key, value, timestamp, NO_HEADERS);
      }
      sealed.push({ store, generation });
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

  /** What `write` handed over is in the state file. */
  written(): void {
    for (const { staged } of this.#stores.values()) staged.drained();
  }

  /** Reads the tables anew: they were restored. */
  reset(): void {
    for (const { staged } of this.#stores.values()) staged.reset();
  }
}
