import type { Serde } from '../serde/serde.ts';
import type { Entry, RangeQuery, Row } from '../state/store.ts';
import type { Flow } from './flow.ts';
import type { GraphNode } from './graph.ts';
import type { StreamRecord } from './records.ts';

/**
 * The rows of a global table as its `process` sees them.
 *
 * @see `Flow`
 */
export interface GlobalRows<K, V> {
  readonly name: string;
  get(key: K): V | undefined;
  /** The value with its time. */
  row(key: K): Row<V> | undefined;
  /** Null deletes. The row's time is that of the record at hand, unless it is given. */
  put(key: K, value: V | null, timestamp?: number): void;
  delete(key: K): void;
  /** Rows in key order, as the table was when the iteration began. */
  range(query?: RangeQuery<K>): Iterable<Entry<K, V>>;
}

/**
 * How a topic is read as a global table. The records' types are those of the rows, unless `from` says otherwise.
 *
 * @see `Flow`
 */
export interface GlobalTableOptions<K, V, FromK = K, FromV = V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** Names the store (a table in the state file of each worker) that holds the rows. */
  readonly name: string;
  /** How the topic's records are read, where `process` makes rows of other types of them. Not without `process`. */
  readonly from?: { readonly key: Serde<FromK>; readonly value: Serde<FromV> };
  /**
   * Is given each record, and makes rows of it, instead of the record being put as one. So it is with all records, those
   * that are read at the start too. The file keeps the rows with the positions they stand for, so a record is not given
   * again once its rows are there. An error that it throws is the record's: PROCESSING_FAILED, or what `processingErrors`
   * says.
   *
   * A change of the function is no reason to read the topic again: give the table another name then.
   */
  readonly process?: (record: StreamRecord<FromK, FromV | null>, rows: GlobalRows<K, V>) => void;
}

/** The same in the plan, where types are no longer known. */
export interface GlobalProcessing {
  readonly from: { readonly key: Serde<unknown>; readonly value: Serde<unknown> };
  readonly process: (record: StreamRecord<unknown, unknown>, rows: GlobalRows<unknown, unknown>) => void;
}

/**
 * A table of which every worker has all rows, whatever partitions its tasks have. Streams look rows up in it, by any key.
 *
 * @see `join`
 */
export class GlobalKTable<K, V> {
  readonly kind = 'global-table';
  /** @internal */
  readonly shape: {
    readonly flow: Flow;
    readonly node: GraphNode;
    /** The name of its store. */
    readonly name: string;
    readonly key: Serde<K>;
    readonly value: Serde<V>;
  };

  /** @internal */
  constructor(shape: GlobalKTable<K, V>['shape']) {
    this.shape = shape;
  }
}
