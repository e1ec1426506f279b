import { Observable } from 'rxjs';
import type { Serde } from '../serde/serde.ts';
import type { Row } from '../state/store.ts';
import type { Flow } from './flow.ts';
import type { GraphNode } from './graph.ts';
import { Hub } from './hub.ts';
import type { ObservablePipe, Pipe } from './pipe.ts';
import type { TableChange } from './records.ts';

/** The rows of a table as its readers (joins) see them. */
export interface TableView<K, V> {
  get(key: K): Row<V> | undefined;
  /** The row as it was at a time, ms; only versioned tables know. */
  asOf?(key: K, time: number): Row<V> | undefined;
}

export interface TableShape<K, V> {
  readonly flow: Flow;
  readonly node: GraphNode;
  readonly key: Serde<K> | undefined;
  readonly value: Serde<V> | undefined;
  /** The stores that `view` reads; a join of this table reads them too. */
  readonly stores: readonly string[];
  /** The live rows; undefined while the graph is only learnt. */
  readonly view: TableView<K, V> | undefined;
  /** True where the table keeps the history of its rows, or is computed row by row from one that does. */
  readonly versioned?: boolean;
}

/**
 * A table: the newest value of each key. As an Observable it is the sequence of its changes. Between two commits only the
 * last change of a key is passed on, unless the setting `emit` is `update`.
 *
 * @see `Flow`, `toTable`, and the aggregations, which make tables
 */
export interface KTable<K, V> extends Observable<TableChange<K, V>> {
  readonly pipe: Pipe<KTable<K, V>> & ObservablePipe<TableChange<K, V>>;
}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: only the type of `pipe` is widened, RxJS's method takes any chain
export class KTable<K, V> extends Observable<TableChange<K, V>> {
  readonly kind = 'table';
  /** @internal */
  readonly shape: TableShape<K, V>;
  /** @internal */
  readonly hub: Hub<TableChange<K, V>>;

  /** @internal */
  constructor(shape: TableShape<K, V>, hub = new Hub<TableChange<K, V>>()) {
    super((subscriber) => hub.subscribe(subscriber));
    this.shape = shape;
    this.hub = hub;
    shape.flow.register(shape.node, hub);
  }
}
