import type { GlobalKTable } from '../../topology/global-table.ts';
import type { KeyOf } from '../../topology/k-grouped.ts';
import type { KStream } from '../../topology/k-stream.ts';
import type { KTable } from '../../topology/k-table.ts';

/** What is wrong with a join that none of its signatures takes, as the editor says it. */
export type Misfit<In, Other> = unknown extends In
  ? 'a join cannot see of what it is: write it inside pipe(), or wrap it: (source) => source.pipe(…)'
  : Other extends KStream<infer K2, unknown>
    ? In extends KTable<unknown, unknown>
      ? 'a table is joined with a table: put toTable(), or a group and an aggregation, behind the other stream'
      : OfOneKey<KeyOf<In>, K2, 'the options are { name, within } or { name, before, after }'>
    : Other extends KTable<infer K2, unknown>
      ? OfOneKey<KeyOf<In>, K2, 'its options are those of a stream with a table, or of two tables'>
      : Other extends GlobalKTable<unknown, unknown>
        ? 'a global table is joined with a stream, by a key of the type that its rows have: (table, (value, key) => rowKey, joiner)'
        : 'a join takes a stream, a table or a global table of the same flow';

type OfOneKey<K, K2, Otherwise extends string> = [K, K2] extends [K2, K]
  ? `what follows the other side does not fit: the joiner is (left, right, key) => result, ${Otherwise}`
  : 'both sides of a join have keys of one type: put selectKey() before it, on the side where they differ; a table refers to another one by foreignKeyJoin()';
