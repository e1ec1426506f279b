import type { Serde } from '../../serde/serde.ts';
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

/** A table without rows of its own: its view computes them from the source's. */
export function deriveTable<K, V, V2>(
  source: KTable<K, V>,
  step: { kind: string; value: Serde<V2> | undefined; view: (rows: TableView<K, V>) => TableView<K, V2> },
  body: Body<TableChange<K, V>, TableChange<K, V2>>,
): KTable<K, V2> {
  const { flow, node: parent, key, stores, view } = source.shape;
  const node = flow.add({ kind: step.kind, parents: [parent], reads: stores });
  const table = new KTable<K, V2>({ flow, node, key, value: step.value, stores, view: view && step.view(view) });
  flow.connect(node, (scope) => source.hub.add(body((change) => table.hub.emit(change), { scope, node })));
  return table;
}

/** Which of the two a source is. The types of an operator's callbacks are drawn from it by `KeyOf` and `ValueOf`. */
export function isStream(source: Collection): source is KStream<unknown, unknown> {
  return source instanceof KStream;
}
