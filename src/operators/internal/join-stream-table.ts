import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import type { KStream } from '../../topology/k-stream.ts';
import { KStream as Stream } from '../../topology/k-stream.ts';
import type { KTable } from '../../topology/k-table.ts';
import { byPresentKey } from './by-present-key.ts';

interface StreamTableJoin<K, V, R> {
  readonly kind: 'join' | 'leftJoin';
  readonly joiner: (left: V, right: unknown, key: K) => R;
  readonly name?: string;
  readonly key?: Serde<K>;
  readonly value?: Serde<V>;
}

/** Looks up the row of each record's key as it is now; the result has the record's time and headers. */
export function joinStreamTable<K, V, R>(
  source: KStream<K, V>,
  table: KTable<K, unknown>,
  step: StreamTableJoin<K, V, R>,
): KStream<K, R> {
  const { kind, joiner, name } = step;
  if (source.shape.keyChanged && name === undefined)
    throw failure('NAME_MISSING', { step: kind, after: source.shape.node.kind });
  const left = byPresentKey(source, { name: name ?? '', key: step.key, value: step.value });
  const { flow, node: parent, key } = left.shape;
  const node = flow.add({
    kind,
    ...(name === undefined ? {} : { name }),
    parents: [parent, table.shape.node],
    reads: table.shape.stores,
    copartitioned: true,
    takesNullKeys: kind === 'leftJoin',
  });
  const joined = new Stream<K, R>({ flow, node, key, value: undefined, keyChanged: false });
  flow.connect(node, (scope) => {
    const { view } = table.shape;
    left.hub.add(({ key, value, timestamp, headers }) => {
      if (value === null) return scope.drop(node, 'null value');
      if (key === null && kind === 'join') return scope.drop(node, 'null key');
      const row = key === null ? undefined : view?.get(key);
      if (row === undefined && kind === 'join') return;
      joined.hub.emit({ key, value: joiner(value, row?.value ?? null, key), timestamp, headers });
    });
  });
  return joined;
}
