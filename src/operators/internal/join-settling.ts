/**
 * Joins of tables without doubled results. Where both sides of a join stem from one node, one of its changes reaches both
 * sides, one after the other. To join at each would give a result twice, with old values that never were, and a join whose
 * sides change together would even keep rows that are gone.
 *
 * So the join holds changes while they may still be incomplete, for each key the first old and the last new value of each
 * side, and gives one result when they are complete:
 *
 * - Where tables pass changes on at once: at the end of the emission of the outermost node from which one record reaches
 *   both sides (`meetingPoints`), or when the record has entered the last source of a topic that both sides read. Emissions are synchronous and depth first, so all that follows has been here by then,
 *   and nodes that were connected after the join, and may read it, come after. Other changes are joined at once.
 * - Where tables pass changes on at the commit: then, after all that is above in the graph has done so.
 *
 * Nothing is held across a commit, so a crash loses nothing.
 */
import type { Headers } from '../../log/port.ts';
import type { KeyIdentity } from '../../state/key-identity.ts';
import type { GraphNode } from '../../topology/graph.ts';
import type { Hub } from '../../topology/hub.ts';
import type { TableChange } from '../../topology/records.ts';
import type { Span } from '../../topology/task-scope.ts';

/** What has become of one side of a key. */
export interface SideChange<V> {
  readonly oldValue: V | null;
  readonly value: V | null;
  readonly timestamp: number;
}

export interface HeldJoin<K, V, V2> {
  readonly key: K;
  left: SideChange<V> | undefined;
  right: SideChange<V2> | undefined;
  headers: Headers;
}

export class SettlingJoin<K, V, V2> {
  readonly #identity: (key: K) => KeyIdentity;
  readonly #settle: (held: HeldJoin<K, V, V2>) => void;
  /** The meeting points that are passing something on now. */
  readonly #active = new Set<object>();
  #held = new Map<KeyIdentity, HeldJoin<K, V, V2>>();

  /** `settle` is called with the changes of each key when they are complete. */
  constructor(identity: (key: K) => KeyIdentity, settle: (held: HeldJoin<K, V, V2>) => void) {
    this.#identity = identity;
    this.#settle = settle;
  }

  /** True where a change that comes now may be followed by another one of the same cause. */
  get isOpen(): boolean {
    return this.#active.size > 0;
  }

  /** Holds changes while the hub of a meeting point emits. Call it when the join is connected, after all that is above. */
  watch(node: GraphNode, hub: Hub<unknown>): void {
    hub.addFirst(() => this.#begin(node));
    hub.add(() => this.#end(node));
  }

  /** The same around the sources of a topic that is a meeting point. */
  span(): Span {
    const point = {};
    return { begin: () => this.#begin(point), end: () => this.#end(point) };
  }

  holdLeft(change: TableChange<K, V>): void {
    const held = this.#of(change);
    held.left = merged(held.left, change);
  }

  holdRight(change: TableChange<K, V2>): void {
    const held = this.#of(change);
    held.right = merged(held.right, change);
  }

  /** Gives the results of all that is held, in the order in which the keys first changed. */
  flush(): void {
    this.#active.clear();
    if (this.#held.size === 0) return;
    const held = this.#held;
    this.#held = new Map();
    for (const change of held.values()) this.#settle(change);
  }

  #begin(point: object): void {
    // The graph has no cycles: it can be passing on already only if a step behind it has failed and was passed over.
    if (this.#active.has(point)) this.flush();
    this.#active.add(point);
  }

  #end(point: object): void {
    this.#active.delete(point);
    if (this.#active.size === 0) this.flush();
  }

  #of({ key, headers }: TableChange<K, unknown>): HeldJoin<K, V, V2> {
    const identity = this.#identity(key);
    const held = this.#held.get(identity) ?? { key, left: undefined, right: undefined, headers };
    held.headers = headers;
    this.#held.set(identity, held);
    return held;
  }
}

function merged<V>(before: SideChange<V> | undefined, change: SideChange<V>): SideChange<V> {
  const { oldValue, value, timestamp } = change;
  return { oldValue: before === undefined ? oldValue : before.oldValue, value, timestamp };
}
