import type { Serde } from '../../serde/serde.ts';
import type { Row } from '../../state/store.ts';
import type { GraphNode } from '../../topology/graph.ts';
import type { Collection } from '../../topology/k-grouped.ts';
import { KStream } from '../../topology/k-stream.ts';
import { KTable, type TableView } from '../../topology/k-table.ts';
import type { StreamRecord, TableChange } from '../../topology/records.ts';
import type { TaskScope } from '../../topology/task-scope.ts';

/** A live node: called with each value of the source; `emit` passes one on. */
export type Body<In, Out> = (
  emit: (value: Out) => void,
  live: { readonly scope: TaskScope; readonly node: GraphNode },
) => (value: In) => void;

export interface DerivedStream<K, V> {
  readonly kind: string;
  readonly name?: string;
  /** What is known of the new keys' and values' bytes; undefined: nothing. */
  readonly key: Serde<K> | undefined;
  readonly value: Serde<V> | undefined;
  readonly keyChanged: boolean;
  /** See `NodeDeclaration`. */
  readonly volatile?: 'accepted' | 'unsaid';
  /** Stores that the step reads. */
  readonly reads?: readonly string[];
}

/** A stream that `body` makes of another one, record by record. */
export function deriveStream<K, V, K2, V2>(
  source: KStream<K, V>,
  step: DerivedStream<K2, V2>,
  body: Body<StreamRecord<K, V>, StreamRecord<K2, V2>>,
): KStream<K2, V2> {
  const { flow, node: parent } = source.shape;
  const { key, value, keyChanged, ...declaration } = step;
  const node = flow.add({ ...declaration, parents: [parent] });
  const stream = new KStream<K2, V2>({ flow, node, key, value, keyChanged });
  flow.connect(node, (scope) => source.hub.add(body((record) => stream.hub.emit(record), { scope, node })));
  return stream;
}

export interface DerivedTable<K, V, V2> {
  readonly kind: string;
  readonly value: Serde<V2> | undefined;
  /** What is made of a row, or that there is none. */
  readonly row: (row: Row<V>, key: K) => Row<V2> | undefined;
}

/** A table without rows of its own: its view computes them from the source's. It stays versioned if that is. */
export function deriveTable<K, V, V2>(
  source: KTable<K, V>,
  step: DerivedTable<K, V, V2>,
  body: Body<TableChange<K, V>, TableChange<K, V2>>,
): KTable<K, V2> {
  const { flow, node: parent, key, stores, view, versioned = false } = source.shape;
  const node = flow.add({ kind: step.kind, parents: [parent], reads: stores });
  const derived = view && derivedView(view, step.row);
  const table = new KTable<K, V2>({ flow, node, key, value: step.value, stores, view: derived, versioned });
  flow.connect(node, (scope) => {
    const live = { scope, node };
    const pass = body((change) => table.hub.emit(change), live);
    if (!versioned) return source.hub.add(pass);
    const passOld = body((change) => table.hub.emit({ ...change, outOfOrder: true }), live);
    source.hub.add((change) => (change.outOfOrder === true ? passOld(change) : pass(change)));
  });
  return table;
}

function derivedView<K, V, V2>(
  rows: TableView<K, V>,
  derive: (row: Row<V>, key: K) => Row<V2> | undefined,
): TableView<K, V2> {
  const { asOf } = rows;
  const of = (row: Row<V> | undefined, key: K): Row<V2> | undefined =>
    row === undefined ? undefined : derive(row, key);
  const get = (key: K): Row<V2> | undefined => of(rows.get(key), key);
  return asOf === undefined ? { get } : { get, asOf: (key, time) => of(asOf(key, time), key) };
}

/** Which of the two a source is. The types of an operator's callbacks are drawn from it by `KeyOf` and `ValueOf`. */
export function isStream(source: Collection): source is KStream<unknown, unknown> {
  return source instanceof KStream;
}
