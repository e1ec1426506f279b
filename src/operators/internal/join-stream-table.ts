import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import type { TimedStore } from '../../state/store.ts';
import { timedStore } from '../../state/timed-key.ts';
import type { GraphNode } from '../../topology/graph.ts';
import { KStream } from '../../topology/k-stream.ts';
import type { KTable, TableView } from '../../topology/k-table.ts';
import type { StreamRecord } from '../../topology/records.ts';
import { byPresentKey } from './by-present-key.ts';
import { type Buffered, bufferedSerde } from './join-buffered-serde.ts';

export interface StreamTableJoin<K, V, R> {
  readonly kind: 'join' | 'leftJoin';
  readonly joiner: (left: V, right: unknown, key: K) => R;
  readonly name?: string | undefined;
  readonly key?: Serde<K> | undefined;
  readonly value?: Serde<V> | undefined;
  /** How long records wait for rows of their time that come late, ms; of versioned tables only. */
  readonly grace?: number | undefined;
}

/**
 * Looks up the row of each record's key: as it is now or, of a versioned table, as it was at the record's time. The
 * result has the record's time and headers.
 */
export function joinStreamTable<K, V, R>(
  source: KStream<K, V>,
  table: KTable<K, unknown>,
  step: StreamTableJoin<K, V, R>,
): KStream<K, R> {
  const { kind, joiner, name, grace } = step;
  if (source.shape.keyChanged && name === undefined)
    throw failure('NAME_MISSING', { step: kind, after: source.shape.node.kind });
  const left = byPresentKey(source, { name: name ?? '', key: step.key, value: step.value });
  const { flow, node: parent, key } = left.shape;
  const buffer = grace === undefined ? undefined : bufferNode(left, table, { ...step, grace });
  const node = flow.add({
    kind,
    ...(name === undefined ? {} : { name }),
    parents: [parent, table.shape.node],
    reads: buffer?.name === undefined ? table.shape.stores : [...table.shape.stores, buffer.name],
    copartitioned: true,
    takesNullKeys: kind === 'leftJoin',
    looksUp: true,
  });
  const joined = new KStream<K, R>({ flow, node, key, value: undefined, keyChanged: false });
  flow.connect(node, (scope) => {
    const look = lookUp(table.shape.view);
    const join = ({ key, value, timestamp, headers }: StreamRecord<K, V>): void => {
      const row = key === null ? undefined : look(key, timestamp);
      if (row === undefined && kind === 'join') return;
      joined.hub.emit({ key, value: joiner(value, row?.value ?? null, key), timestamp, headers });
    };
    const take =
      buffer === undefined ? join : buffering(scope.timedStore<K, Buffered<V>>(buffer.name ?? ''), grace ?? 0, join);
    left.hub.add((record) => {
      if (record.value === null) scope.drop(node, 'null value');
      else if (record.key !== null) take(record);
      else if (kind === 'join') scope.drop(node, 'null key');
      else join(record);
    });
  });
  return joined;
}

function lookUp<K>(view: TableView<K, unknown> | undefined): (key: K, time: number) => { value: unknown } | undefined {
  const asOf = view?.asOf;
  return asOf ?? ((key) => view?.get(key));
}

/** Holds records back until the time of the buffer is past theirs by `grace`; those that are later already go at once. */
function buffering<K, V>(
  buffer: TimedStore<K, Buffered<V>>,
  grace: number,
  join: (record: StreamRecord<K, V>) => void,
): (record: StreamRecord<K, V>) => void {
  return (record) => {
    const { key, value, timestamp, headers } = record;
    if (timestamp < buffer.newest - grace) return join(record);
    buffer.append(key, timestamp, { value, headers }, timestamp);
    for (const { key: at, value } of buffer.fetchAll(Number.MIN_SAFE_INTEGER, buffer.newest - grace)) {
      buffer.put(at, null, at.time);
      join({ key: at.key, value: value.value, timestamp: at.time, headers: value.headers });
    }
  };
}

function bufferNode<K, V>(
  { shape }: KStream<K, V>,
  table: KTable<K, unknown>,
  step: StreamTableJoin<K, V, unknown> & { grace: number },
): GraphNode {
  const { kind, grace, name: given } = step;
  const [key, value] = [step.key ?? shape.key, step.value ?? shape.value];
  const what = `${kind} with grace`;
  if (given === undefined) throw failure('NAME_MISSING', { step: what, after: shape.node.kind });
  if (!(Number.isSafeInteger(grace) && grace >= 0))
    throw failure('WINDOW_INVALID', {
      of: `${kind} '${given}'`,
      name: 'grace',
      actual: grace,
      expected: 'whole milliseconds',
    });
  if (table.shape.versioned !== true) throw failure('TABLE_NOT_VERSIONED', { step: `${kind} '${given}'` });
  if (key === undefined) throw failure('SERDE_MISSING', { step: what, part: 'key' });
  if (value === undefined) throw failure('SERDE_MISSING', { step: what, part: 'value' });
  const name = `${given}-buffer`;
  const retentionMs = Number.POSITIVE_INFINITY;
  const store = timedStore({ name, kind: 'buffer', key, value: bufferedSerde(value), retentionMs });
  return shape.flow.add({ kind: 'store', name, parents: [], store });
}
