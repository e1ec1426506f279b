import type {
  Change,
  Checkpoint,
  CommittedTable,
  Identity,
  RangeQuery,
  StateBackend,
  StoreSpec,
} from '../../state/store.ts';
import { unreachable } from '../../util/assert.ts';
import type { Actor } from './actor.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';

/** Where the rows really are: the same again each time it is opened, until it is emptied. */
export interface StatePlace {
  open(): StateBackend;
  /** Throws everything away. */
  empty(): void;
  dispose(): void;
}

type Spec = StoreSpec<unknown, unknown>;
type Table = CommittedTable<unknown, unknown>;
type Step = (to: StateBackend, table: (spec: Spec, partition: number) => Table) => void;
interface Commit {
  /** Those that were opened before it. */
  readonly tables: readonly { readonly spec: Spec; readonly partition: number }[];
  readonly steps: readonly Step[];
  readonly checkpoints: readonly Checkpoint[];
}

/**
 * The state file of a simulated worker: it outlives it. Every commit is remembered, so that an older copy of the file can
 * come back in its place.
 */
export class SimulatedState {
  readonly #owner: string;
  readonly #place: StatePlace;
  #generation = 1;
  #history: Commit[] = [];
  #open: StateBackend | undefined;

  constructor(owner: string, place: StatePlace) {
    this.#owner = owner;
    this.#place = place;
  }

  /** Opens it for one life of its worker; the one before is over. */
  open(actor: Actor, faults: Faults): StateBackend {
    this.#open?.close();
    const inner = this.#place.open();
    this.#open = inner;
    const name = `${this.#owner}-${this.#generation}`;
    const remember = (commit: Commit): void => void this.#history.push(commit);
    return new LivingBackend({ inner, actor, faults, remember, identity: { memberId: name, transactionalId: name } });
  }

  /** It is gone, and who it was with it. */
  lose(): void {
    this.#empty();
    this.#history = [];
    this.#generation++;
  }

  /** Puts an older copy of it in its place. Gives how many commits it lacks. */
  goBack(random: Random): number {
    const kept = random.whole(0, this.#history.length);
    const lacking = this.#history.length - kept;
    this.#empty();
    this.#history = this.#history.slice(0, kept);
    const copy = this.#place.open();
    // Tables are opened outside of commits.
    const opened = new Map<string, Table>();
    const find = (spec: Spec, partition: number): Table =>
      opened.get(tableName(spec, partition)) ?? unreachable(`${spec.name} was written before it was opened` as never);
    for (const { tables, steps, checkpoints } of this.#history) {
      for (const { spec, partition } of tables) opened.set(tableName(spec, partition), copy.table(spec, partition));
      copy.commit(() => {
        for (const step of steps) step(copy, find);
      }, checkpoints);
    }
    copy.close();
    return lacking;
  }

  dispose(): void {
    this.#open?.close();
    this.#place.dispose();
  }

  #empty(): void {
    this.#open?.close();
    this.#open = undefined;
    this.#place.empty();
  }
}

const tableName = ({ name }: Spec, partition: number): string => `${partition}:${name}`;

interface LivingBackendOptions {
  readonly inner: StateBackend;
  readonly actor: Actor;
  readonly faults: Faults;
  readonly identity: Identity;
  readonly remember: (commit: Commit) => void;
}

/** The file as one life of a worker has it: after its death nothing is written any more. */
class LivingBackend implements StateBackend {
  readonly identity: Identity;
  readonly #options: LivingBackendOptions;
  /** Of the commit that runs. */
  #steps: Step[] = [];
  #tables: Commit['tables'] = [];

  constructor(options: LivingBackendOptions) {
    this.#options = options;
    this.identity = options.identity;
  }

  table<K, V>(store: StoreSpec<K, V>, partition: number): CommittedTable<K, V> {
    const table = this.#options.inner.table(store, partition);
    // Steps are kept for tables of all types together.
    const spec = store as unknown as Spec;
    this.#tables = [...this.#tables, { spec, partition }];
    return {
      get: (key) => table.get(key),
      range: (query: RangeQuery<K>) => table.range(query),
      byIndex: (...bounds) => table.byIndex(...bounds),
      keys: () => table.keys(),
      isEmpty: () => table.isEmpty(),
      expire: (upTo) => {
        table.expire(upTo);
        this.#steps.push((_, find) => find(spec, partition).expire(upTo));
      },
      clear: () => {
        table.clear();
        this.#steps.push((_, find) => find(spec, partition).clear());
      },
      write: (changes: Iterable<Change<K, V>>) => {
        const all = [...changes];
        table.write(all);
        if (all.length > 0)
          this.#steps.push((_, find) => find(spec, partition).write(all as Change<unknown, unknown>[]));
      },
    };
  }

  checkpoints(): readonly Checkpoint[] {
    return this.#options.inner.checkpoints();
  }

  commit(write: () => void, checkpoints: readonly Checkpoint[]): void {
    const { inner, actor, faults, remember } = this.#options;
    faults.reach(actor, 'state write');
    if (actor.isDead) return;
    this.#steps = [];
    inner.commit(write, checkpoints);
    remember({ tables: this.#tables, steps: this.#steps, checkpoints });
    this.#tables = [];
    faults.reach(actor, 'state written');
  }

  forget(partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    this.#options.inner.forget(partitions);
    this.#steps.push((to) => to.forget(partitions));
  }

  /** Closed when it is opened for the next life: this one may be dead and not know it. */
  close(): void {}
}
