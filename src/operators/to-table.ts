import { failure } from '../errors.ts';
import type { Serde, SerdeFor } from '../serde/serde.ts';
import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { materialize } from '../topology/materialize.ts';
import { materializeVersioned, type Versioned } from '../topology/versioned-table.ts';
import { byPresentKey } from './internal/by-present-key.ts';
import { refuseTimeToLive, type TimeToLive, timeToLiveOf } from './internal/time-to-live.ts';

export interface ToTableOptions<K, V> extends TimeToLive {
  readonly key?: SerdeFor<K>;
  readonly value?: SerdeFor<V>;
  /** Keeps the rows' history too: see `flow.table`. */
  readonly versioned?: Versioned;
}

/**
 * Reads a stream as the changes of a table, in the store `name`: the newest value of each key, null deletes. Records with a
 * null key are dropped and counted. Goes through a repartition topic if an operator before may have changed the key. Throws
 * SERDE_MISSING where an operator made new keys or values and no serde is given, TIME_TO_LIVE_INVALID, and
 * TIME_TO_LIVE_UNFIT of a versioned table.
 *
 * @example
 * clicks.pipe(toTable('last-page'), mapValues((page) => page.length), to('lengths', { value: integer() }));
 * // in  clicks  ann=home@1 ann=tea@2
 * // out lengths ann=4@1 ann=3@2
 *
 * @example
 * // Who is silent for 5 minutes is gone.
 * clicks.pipe(toTable('last-seen', { timeToLive: 5 * 60_000 }));
 */
export function toTable<In>(
  name: string,
  as?: ToTableOptions<KeyOf<In>, ValueOf<In>>,
): (source: StreamFor<In, 'toTable'>) => KTable<NonNullable<KeyOf<In>>, NonNullable<ValueOf<In>>>;
export function toTable(
  name: string,
  as: ToTableOptions<unknown, unknown> = {},
): (source: KStream<unknown, unknown>) => KTable<unknown, unknown> {
  const ending = timeToLiveOf(`toTable('${name}')`, as);
  if (as.versioned !== undefined) refuseTimeToLive(`toTable('${name}')`, ending, 'versions');
  return (source) => {
    const key = (as.key ?? source.shape.key) as Serde<unknown> | undefined;
    const value = (as.value ?? source.shape.value) as Serde<unknown> | undefined;
    if (key === undefined) throw failure('SERDE_MISSING', { step: `toTable('${name}')`, part: 'key' });
    if (value === undefined) throw failure('SERDE_MISSING', { step: `toTable('${name}')`, part: 'value' });
    const stream = byPresentKey<unknown, unknown>(source, { name: `${name}-in`, key, value });
    if (as.versioned !== undefined) return toVersioned(stream, { name, key, value, versioned: as.versioned });
    const node = stream.shape.flow.add({
      kind: 'toTable',
      name,
      parents: [stream.shape.node],
      store: { name, key, value },
    });
    return materialize<unknown, unknown>(stream.shape.flow, node, {
      name,
      key,
      value,
      ...ending,
      connect: ({ emitter, scope }) =>
        stream.hub.add(({ key, value, timestamp, headers }) => {
          if (key === null || key === undefined) scope.drop(node, 'null key');
          else emitter.put(key, value ?? null, timestamp, headers);
        }),
    });
  };
}

function toVersioned(
  stream: KStream<unknown, unknown>,
  step: { name: string; key: Serde<unknown>; value: Serde<unknown>; versioned: Versioned },
): KTable<unknown, unknown> {
  const { flow, node } = stream.shape;
  return materializeVersioned<unknown, unknown>(
    flow,
    { kind: 'toTable', parents: [node] },
    {
      ...step,
      connect: ({ put, scope, node }) =>
        stream.hub.add(({ key, value, timestamp, headers }) => {
          if (key === null || key === undefined) scope.drop(node, 'null key');
          else put(key, value ?? null, timestamp, headers);
        }),
    },
  );
}
