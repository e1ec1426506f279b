import type { GroupedStreamFor } from '../topology/fitting.ts';
import type { KeyOf, KGroupedStream, ValueOf } from '../topology/k-grouped.ts';
import { KWindowedStream, type WindowOptions } from '../topology/k-windowed-stream.ts';
import type { Windows } from '../topology/windows.ts';

/**
 * Cuts the groups of a stream into windows; an aggregation follows, whose rows are keyed by key and window. Time is that
 * of the records: the largest timestamp so far. Records that come too late are dropped and counted, or given to `late`.
 *
 * @example
 * clicks.pipe(
 *   groupByKey(),
 *   windowedBy(tumbling(60_000), { emit: 'windowClose', late: (records) => records.pipe(to('late-clicks')) }),
 *   count('clicks-per-minute'),
 *   to('counts'),
 * );
 * // in  clicks      ann=home@5 ann=tea@60000 ann=late@7
 * // out counts      ann[0..60000]=1@5
 * // out late-clicks ann[0..60000]=late@7
 */
export function windowedBy<In, W extends Windows>(
  windows: W,
  options?: WindowOptions<KeyOf<In>, ValueOf<In>>,
): (grouped: GroupedStreamFor<In, 'windowedBy'>) => KWindowedStream<KeyOf<In>, ValueOf<In>, W>;
export function windowedBy(
  windows: Windows,
  options: WindowOptions<unknown, unknown> = {},
): (grouped: KGroupedStream<unknown, unknown>) => KWindowedStream<unknown, unknown> {
  return (grouped) => new KWindowedStream(grouped, windows, options);
}
