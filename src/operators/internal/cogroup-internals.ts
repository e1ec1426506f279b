import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import type { KGroupedStream } from '../../topology/k-grouped.ts';
import type { KTable } from '../../topology/k-table.ts';
import { materialize } from '../../topology/materialize.ts';
import { foldedChange } from './aggregate-internals.ts';
import type { TimeToLive } from './time-to-live.ts';

/** A grouped stream with what its values make of the common row. The value's type is closed over. */
export interface CogroupInput<K, A> {
  readonly grouped: KGroupedStream<K, unknown>;
  add(aggregate: A, value: unknown, key: K): A | null;
}

/** Folds several grouped streams into one row a key. */
export function cogroupStreams<K, A>(
  inputs: readonly CogroupInput<K, A>[],
  step: { name: string; value: Serde<A>; initial: (key: K) => A } & TimeToLive,
): KTable<K, A> {
  const { name, value, timeToLive, initial } = step;
  const first = inputs[0]?.grouped.stream.shape;
  if (first === undefined) throw failure('INPUT_MISSING', { step: `cogroup('${name}')` });
  const { flow, key } = first;
  if (key === undefined) throw failure('SERDE_MISSING', { step: `cogroup('${name}')`, part: 'key' });
  const parents = inputs.map((input) => input.grouped.stream.shape.node);
  const node = flow.add({ kind: 'cogroup', name, parents, store: { name, key, value }, copartitioned: true });
  return materialize<K, A>(flow, node, {
    name,
    key,
    value,
    timeToLive,
    connect: ({ store, emitter, scope }) => {
      for (const { grouped, add } of inputs) {
        grouped.stream.hub.add(({ key, value, timestamp, headers }) => {
          if (key === null) return scope.drop(node, 'null key');
          if (value === null) return scope.drop(node, 'null value');
          const row = store.get(key);
          const before = row === undefined ? initial(key) : row.value;
          const after = add(before, value, key);
          emitter.replace(key, foldedChange({ row, before, after, compat: scope.compat }, { timestamp, headers }));
        });
      }
    },
  });
}
