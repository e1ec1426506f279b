import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import type { TableFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KTable } from '../topology/k-table.ts';
import { materialize } from '../topology/materialize.ts';
import { connectStores } from './internal/connect-stores.ts';
import { Moment, type ProcessingContext, processingContext } from './internal/processing-context.ts';
import type { ConnectedStore, StoresByName } from './key-value-store.ts';

/**
 * An own step from a table's rows to other rows.
 *
 * @see `transformValues`
 */
export interface ValueTransformer<In, Stores extends readonly ConnectedStore[], R> {
  /** Names the store of the new rows. It is always there: what a row was before cannot be worked out a second time. */
  readonly store: string;
  /** Of the new rows. */
  readonly value: Serde<R>;
  /** Further stores that the transformer uses. */
  readonly stores?: Stores;
  /**
   * Called once in each task. Gives the function that is called with each change: the row's new value (null: deleted), its
   * key and time. What it gives is the new row; null: there is none.
   */
  readonly init: (
    context: ProcessingContext<StoresByName<Stores, NonNullable<KeyOf<In>>>>,
  ) => (value: ValueOf<In> | null, key: KeyOf<In>, timestamp: number) => R | null;
}

/**
 * As `mapValues` of a table, with stores and the time: for rows that depend on more than their value. Punctuators may
 * change the stores, but no rows.
 *
 * @example
 * prices.pipe(
 *   transformValues({
 *     store: 'price-changes',
 *     value: integer(),
 *     stores: [store('last-price', integer())],
 *     init: ({ stores: { 'last-price': last } }) => (price, product) => {
 *       const change = (price ?? 0) - (last.get(product) ?? 0);
 *       last.put(product, price);
 *       return change;
 *     },
 *   }),
 *   to('price-changes'),
 * );
 * // in  prices        tea=5@1 tea=7@2
 * // out price-changes tea=5@1 tea=2@2
 */
export function transformValues<In, R, const Stores extends readonly ConnectedStore[] = readonly []>(
  transformer: ValueTransformer<In, Stores, R>,
): (source: TableFor<In, 'transformValues'>) => KTable<KeyOf<In>, R>;
export function transformValues(
  transformer: AnyTransformer,
): (source: KTable<unknown, unknown>) => KTable<unknown, unknown> {
  const { store: name, value } = transformer;
  return (source) => {
    const { flow, node: parent, key } = source.shape;
    if (key === undefined) throw failure('SERDE_MISSING', { step: `transformValues('${name}')`, part: 'key' });
    const { open, ...connected } = connectStores(flow, transformer.stores ?? [], key);
    const node = flow.add({
      kind: 'transformValues',
      name,
      parents: [parent],
      ...connected,
      store: { name, key, value },
    });
    return materialize<unknown, unknown>(flow, node, {
      name,
      key,
      value,
      connect: ({ emitter, scope }) => {
        const at = new Moment();
        const transform = transformer.init(processingContext(scope, at, open(scope, at)));
        source.hub.add(({ key, value, timestamp, headers }) => {
          at.timestamp = timestamp;
          at.headers = headers;
          emitter.put(key, transform(value, key, timestamp), timestamp, headers);
        });
      },
    });
  };
}

/** A transformer of whatever table; the signature above has seen to it that it fits. */
interface AnyTransformer {
  readonly store: string;
  readonly value: Serde<unknown>;
  readonly stores?: readonly ConnectedStore[];
  init(context: ProcessingContext<unknown>): (value: unknown, key: unknown, timestamp: number) => unknown;
}
