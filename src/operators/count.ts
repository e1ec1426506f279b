import { integer } from '../serde/integer.ts';
import type { GroupFor } from '../topology/fitting.ts';
import type { Grouping, ResultKeyOf } from '../topology/k-grouped.ts';
import type { KTable } from '../topology/k-table.ts';
import type { TimeToLive } from './internal/time-to-live.ts';
import { store } from './store.ts';

/**
 * Counts the records of each key, those of each window, or the rows of each group of a table. Null keys are dropped and
 * counted as such; so are null values, except in tumbling, hopping and session windows. The counts are in the store
 * `name`; the time of a count is the largest of its records' times. With a time to live a key that is not met for so long is
 * forgotten, and counted from 0 when it comes again. Throws NAME_TAKEN, NAME_INVALID, TIME_TO_LIVE_INVALID, and
 * TIME_TO_LIVE_UNFIT of windows and grouped tables.
 *
 * @example
 * amounts.pipe(groupByKey(), count('payments-per-user'), to('counts'));
 * // in  amounts ann=5@1 bob=7@3 ann=6@2
 * // out counts  ann=1@1 bob=1@3 ann=2@2
 *
 * @example
 * clicks.pipe(groupByKey(), count('clicks-per-visitor', { timeToLive: 30 * 60_000 }));
 */
export function count<In>(
  name: string,
  ending?: TimeToLive,
): (grouped: GroupFor<In, 'count'>) => KTable<ResultKeyOf<In>, number>;
export function count(name: string, ending?: TimeToLive): (grouped: Grouping) => KTable<unknown, number> {
  const how = {
    initial: () => 0,
    add: (n: number) => n + 1,
    subtract: (n: number) => n - 1,
    merge: (a: number, b: number) => a + b,
  };
  return (grouped) => store(name, integer(), ending).aggregate<Grouping>(how as never)(grouped);
}
