import { failure } from '../../errors.ts';
import type { Headers } from '../../log/port.ts';
import type { Serde } from '../../serde/serde.ts';
import type { Row } from '../../state/store.ts';
import type { KGroupedStream, KGroupedTable } from '../../topology/k-grouped.ts';
import type { KTable } from '../../topology/k-table.ts';
import { materialize } from '../../topology/materialize.ts';
import type { TableChange } from '../../topology/records.ts';
import type { TimeToLive } from './time-to-live.ts';

interface AggregateStep<A> {
  readonly kind: string;
  readonly name: string;
  readonly value: Serde<A>;
}

/** `aggregate` is null before the first value of a key. A null result deletes the row. */
interface StreamFold<K, V, A> extends AggregateStep<A>, TimeToLive {
  readonly initial: (key: K) => A | null;
  readonly add: (aggregate: A, value: V, key: K) => A | null;
}

interface TableFold<K, V, A> extends Omit<StreamFold<K, V, A>, 'timeToLive'> {
  readonly subtract: (aggregate: A, value: V, key: K) => A | null;
}

/** Folds each value of a stream into the row of its key. */
export function aggregateStream<K, V, A>(grouped: KGroupedStream<K, V>, fold: StreamFold<K, V, A>): KTable<K, A> {
  const { flow, node: parent, key } = grouped.stream.shape;
  const { kind, name, value, timeToLive, initial, add } = fold;
  if (key === undefined) throw failure('SERDE_MISSING', { step: `${kind}('${name}')`, part: 'key' });
  const node = flow.add({ kind, name, parents: [parent], store: { name, key, value } });
  return materialize<K, A>(flow, node, {
    name,
    key,
    value,
    timeToLive,
    connect: ({ store, emitter, scope }) =>
      grouped.stream.hub.add(({ key, value, timestamp, headers }) => {
        if (key === null) return scope.drop(node, 'null key');
        if (value === null) return scope.drop(node, 'null value');
        const row = store.get(key);
        const before = row === undefined ? initial(key) : row.value;
        // Only a reducer has no initial value; its `add` takes the first value as it is.
        const after = add(before as A, value, key);
        emitter.replace(key, foldedChange({ row, before, after, compat: scope.compat }, { timestamp, headers }));
      }),
  });
}

/**
 * The change of a row by one more value. Kafka Streams takes the initial value for the old one of a row that was not there.
 * That shows in filters, and in compatibility mode everywhere.
 */
export function foldedChange<A>(
  fold: { row: Row<A> | undefined; before: A | null; after: A | null; compat: boolean },
  { timestamp, headers }: { timestamp: number; headers: Headers },
): Omit<TableChange<unknown, A>, 'key'> {
  const { row, before, after, compat } = fold;
  if (row !== undefined)
    return { value: after, oldValue: row.value, timestamp: Math.max(row.timestamp, timestamp), headers };
  return { value: after, oldValue: compat ? before : null, claimed: before, timestamp, headers };
}

/** Takes the old value of a row out of its group's aggregate and puts the new one in. */
export function aggregateTable<K, V, A>(grouped: KGroupedTable<K, V>, fold: TableFold<K, V, A>): KTable<K, A> {
  const { flow, node: parent, key } = grouped.changes.shape;
  const { kind, name, value, initial, add, subtract } = fold;
  if (key === undefined) throw failure('SERDE_MISSING', { step: `${kind}('${name}')`, part: 'key' });
  const node = flow.add({ kind, name, parents: [parent], store: { name, key, value } });
  return materialize<K, A>(flow, node, {
    name,
    key,
    value,
    connect: ({ store, emitter }) =>
      grouped.changes.hub.add(({ key, value: change, timestamp, headers }) => {
        const row = store.get(key);
        const before = row?.value ?? null;
        // Subtract first: that order is what users' adders and subtractors are written for.
        const reduced = change.oldValue === null || before === null ? before : subtract(before, change.oldValue, key);
        const base = reduced ?? (change.value === null ? null : initial(key));
        const after = change.value === null ? reduced : add(base as A, change.value, key);
        const time = row === undefined ? timestamp : Math.max(row.timestamp, timestamp);
        emitter.replace(key, { value: after, oldValue: row?.value ?? null, timestamp: time, headers });
      }),
  });
}
