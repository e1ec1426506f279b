import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import type { KTable } from '../../topology/k-table.ts';
import { materialize } from '../../topology/materialize.ts';
import { materializeVersioned, type Versioned } from '../../topology/versioned-table.ts';

/** Gives a derived table rows of its own, under a name: to query it, or to compute it once for many readers. */
export interface Materialized<V> {
  /** Names the store. */
  readonly store: string;
  /** Needed where the step makes new values. */
  readonly value?: Serde<V>;
  /** Keeps the rows' history too: see `flow.table`. */
  readonly versioned?: Versioned;
}

interface StoredTable<K, V, V2> {
  readonly kind: string;
  readonly store: string;
  readonly value: Serde<V2> | undefined;
  /** The row's new value; null where there is none. */
  readonly compute: (value: V | null, key: K) => V2 | null;
  /** Whether a change between nothing and nothing is passed on. */
  readonly passNothing: boolean;
  readonly versioned?: Versioned | undefined;
}

/** A table computed row by row from another one, and kept in a store. Its own rows say what the old values are. */
export function storeTable<K, V, V2>(source: KTable<K, V>, step: StoredTable<K, V, V2>): KTable<K, V2> {
  const { flow, node: parent, key } = source.shape;
  const { kind, store: name, value, compute, passNothing } = step;
  if (key === undefined) throw failure('SERDE_MISSING', { step: `${kind} with store '${name}'`, part: 'key' });
  if (value === undefined) throw failure('SERDE_MISSING', { step: `${kind} with store '${name}'`, part: 'value' });
  if (step.versioned !== undefined) {
    return materializeVersioned<K, V2>(
      flow,
      { kind, parents: [parent] },
      {
        name,
        key,
        value,
        versioned: step.versioned,
        connect: ({ put }) =>
          source.hub.add(({ key, value, timestamp, headers }) => put(key, compute(value, key), timestamp, headers)),
      },
    );
  }
  const node = flow.add({ kind, name, parents: [parent], store: { name, key, value } });
  return materialize<K, V2>(flow, node, {
    name,
    key,
    value,
    connect: ({ store, emitter }) =>
      source.hub.add((change) => {
        const { key, timestamp, headers } = change;
        const value = compute(change.value, key);
        const oldValue = store.get(key)?.value ?? null;
        if (passNothing || value !== null || oldValue !== null)
          emitter.replace(key, { value, oldValue, timestamp, headers });
      }),
  });
}
