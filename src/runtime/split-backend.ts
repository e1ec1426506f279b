import { storeOf } from '../state/marks-name.ts';
import { MemoryBackend } from '../state/memory/memory-backend.ts';
import type { Checkpoint, CommittedTable, StateBackend, StoreSpec } from '../state/store.ts';
import type { Application } from './application.ts';
import { positionName } from './task-stores.ts';

/** Stores that are to be in memory only are kept apart; all others, and what belongs to none, are in the back end. */
export function withStoresInMemory(backend: StateBackend, application: Application): StateBackend {
  const chosen = [...application.topology.graph.stores.values()].filter(({ inMemory }) => inMemory === true);
  if (chosen.length === 0) return backend;
  const positions = chosen.map((declaration) => positionName(declaration, application.changelogOf(declaration)));
  return new SplitBackend(backend, { stores: new Set(chosen.map(({ name }) => name)), positions: new Set(positions) });
}

class SplitBackend implements StateBackend {
  readonly identity;
  readonly #backend: StateBackend;
  readonly #memory = new MemoryBackend();
  readonly #stores: ReadonlySet<string>;
  readonly #positions: ReadonlySet<string>;

  /** `positions` are the names of the checkpoints of the stores in memory. */
  constructor(backend: StateBackend, inMemory: { stores: ReadonlySet<string>; positions: ReadonlySet<string> }) {
    this.identity = backend.identity;
    this.#backend = backend;
    this.#stores = inMemory.stores;
    this.#positions = inMemory.positions;
  }

  own(stores: readonly string[], isHere: (store: string, partition: number) => boolean): void {
    this.#backend.own?.(
      stores.filter((store) => !this.#stores.has(store)),
      isHere,
    );
  }

  table<K, V>(store: StoreSpec<K, V>, partition: number): CommittedTable<K, V> {
    const home = this.#stores.has(storeOf(store.name)) ? this.#memory : this.#backend;
    return home.table(store, partition);
  }

  checkpoints(): readonly Checkpoint[] {
    return [...this.#backend.checkpoints(), ...this.#memory.checkpoints()];
  }

  /** What is in memory changes when the other back end has committed: a failure leaves both as they were. */
  commit(write: () => void, checkpoints: readonly Checkpoint[]): void {
    const { inMemory, others } = this.#split(checkpoints);
    this.#memory.commit(() => this.#backend.commit(write, others), inMemory);
  }

  forget(partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    const { inMemory, others } = this.#split(partitions);
    this.#memory.forget(inMemory);
    this.#backend.forget(others);
  }

  close(): void {
    this.#backend.close();
  }

  #split<T extends { readonly topic: string }>(all: readonly T[]): { inMemory: T[]; others: T[] } {
    const isInMemory = ({ topic }: T): boolean => this.#positions.has(topic);
    return { inMemory: all.filter(isInMemory), others: all.filter((each) => !isInMemory(each)) };
  }
}
