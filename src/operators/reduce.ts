import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import type { GroupFor } from '../topology/fitting.ts';
import type { Grouping, KeyOf, KGroupedTable, ResultKeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KTable } from '../topology/k-table.ts';
import { unreachable } from '../util/assert.ts';
import { aggregateAny } from './internal/aggregate-any.ts';
import { type TimeToLive, timeToLiveOf } from './internal/time-to-live.ts';

/** How to reduce: a table's rows also leave, so it needs `subtract`. */
export type Reduction<In> = {
  /** Of the value so far and a new one; the first value is taken as it is. Null deletes the row. */
  readonly add: (sofar: ValueOf<In>, value: ValueOf<In>, key: KeyOf<In>) => ValueOf<In> | null;
  /** Needed where an operator made new values. */
  readonly value?: Serde<ValueOf<In>>;
} & TimeToLive &
  (In extends KGroupedTable<unknown, unknown>
    ? { readonly subtract: (sofar: ValueOf<In>, value: ValueOf<In>, key: KeyOf<In>) => ValueOf<In> | null }
    : unknown);

/**
 * Combines the values of each key, or of each window of it, into one of the same type, in the store `name`. The first
 * value is taken as it is. Null keys are dropped and counted; so are null values, except in tumbling, hopping and session
 * windows. Throws SERDE_MISSING where an operator made new values and `value` is not given.
 *
 * @example
 * amounts.pipe(groupByKey(), reduce('largest', { add: (a, b) => Math.max(a, b) }), to('largest'));
 * // in  amounts ann=5@1 ann=9@2 ann=7@3
 * // out largest ann=5@1 ann=9@2 ann=9@3
 */
export function reduce<In>(
  name: string,
  how: Reduction<In>,
): (grouped: GroupFor<In, 'reduce'>) => KTable<ResultKeyOf<In>, ValueOf<In>>;
export function reduce(name: string, how: unknown): (grouped: Grouping) => KTable<unknown, unknown> {
  const { add, subtract, value: given, ...options } = how as AnyReduction;
  const ending = timeToLiveOf(`reduce('${name}')`, options);
  const folded = (sofar: unknown, value: unknown, key: unknown) => (sofar === null ? value : add(sofar, value, key));
  return (grouped) => {
    const value = given ?? valueSerde(grouped);
    if (value === undefined) throw failure('SERDE_MISSING', { step: `reduce('${name}')`, part: 'value' });
    const step = { ...ending, kind: 'reduce', name, value, initial: () => null, add: folded, merge: folded, subtract };
    return aggregateAny(grouped, step);
  };
}

interface AnyReduction extends TimeToLive {
  readonly add: (sofar: unknown, value: unknown, key: unknown) => unknown;
  readonly subtract: (sofar: unknown, value: unknown, key: unknown) => unknown;
  readonly value?: Serde<unknown>;
}

function valueSerde(grouped: Grouping): Serde<unknown> | undefined {
  switch (grouped.kind) {
    case 'grouped-stream':
      return grouped.stream.shape.value;
    case 'windowed-stream':
      return grouped.grouped.stream.shape.value;
    case 'grouped-table':
      return grouped.value;
    default:
      return unreachable(grouped);
  }
}
