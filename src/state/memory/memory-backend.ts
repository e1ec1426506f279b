import { randomUUID } from 'node:crypto';
import { assert } from '../../util/assert.ts';
import type { Checkpoint, CommittedTable, Identity, StateBackend, StoreSpec } from '../store.ts';
import { type Defer, MemoryTable } from './memory-table.ts';

/**
 * Committed state in memory: for tests of topologies, and for stores that need not outlive the process.
 *
 * @example
 * const backend = new MemoryBackend();
 * const sums = backend.table({ name: 'sums', key: string(), value: integer() }, 0);
 * backend.commit(() => sums.write([{ key: 'ann', value: 12, timestamp: 2 }]), []);
 * sums.get('ann'); // → { value: 12, timestamp: 2 }
 */
export class MemoryBackend implements StateBackend {
  readonly identity: Identity = { memberId: randomUUID(), transactionalId: randomUUID() };
  readonly #tables = new Map<string, unknown>();
  readonly #checkpoints = new Map<string, Checkpoint>();
  /** The steps of the commit that runs. They are taken when all of it has succeeded. */
  #steps: (() => void)[] | undefined;

  table<K, V>(store: StoreSpec<K, V>, partition: number): CommittedTable<K, V> {
    const name = `${partition}:${store.name}`;
    const table = this.#tables.get(name) ?? new MemoryTable<K, V>(store, this.#defer);
    this.#tables.set(name, table);
    // The name stands for the types: a store has one key and value, or the topology would not have been built.
    return table as MemoryTable<K, V>;
  }

  checkpoints(): readonly Checkpoint[] {
    return [...this.#checkpoints.values()];
  }

  commit(write: () => void, checkpoints: readonly Checkpoint[]): void {
    assert(this.#steps === undefined, 'a commit within a commit');
    const steps: (() => void)[] = [];
    this.#steps = steps;
    try {
      write();
    } finally {
      this.#steps = undefined;
    }
    for (const step of steps) step();
    for (const each of checkpoints) this.#checkpoints.set(nameOf(each), each);
  }

  forget(partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    const forget = (): void => partitions.forEach((each) => void this.#checkpoints.delete(nameOf(each)));
    if (this.#steps === undefined) forget();
    else this.#steps.push(forget);
  }

  /** Keeps the rows: a test may open the state again by going on with the same object. */
  close(): void {}

  readonly #defer: Defer = (step) => {
    assert(this.#steps !== undefined, 'a table is written only inside a commit');
    this.#steps.push(step);
  };
}

function nameOf(of: { readonly topic: string; readonly partition: number }): string {
  return `${of.partition}:${of.topic}`;
}
