/**
 * What a step takes, as the editor says it: the source itself where it fits, else a sentence. So the wrong order of two
 * steps reads "Type 'KStream<string, Order>' is not assignable to type '"count takes a group, but this is a stream: …"'".
 */
import type { Collection, Grouping, KGroupedStream } from './k-grouped.ts';
import type { KStream } from './k-stream.ts';
import type { KTable } from './k-table.ts';

type AnyStream = KStream<unknown, unknown>;
type AnyTable = KTable<unknown, unknown>;

/** The advice for each kind of thing that a source may be instead. */
interface Advice {
  readonly stream: string;
  readonly table: string;
  readonly group: string;
}

type Refusal<In, Wants extends string, A extends Advice> = unknown extends In
  ? `${Wants}, but it cannot see of what: write it inside pipe(), or wrap it: (source) => source.pipe(…)`
  : In extends AnyStream
    ? `${Wants}, but this is a stream: ${A['stream']}`
    : In extends AnyTable
      ? `${Wants}, but this is a table: ${A['table']}`
      : In extends Grouping
        ? `${Wants}, but this is a group: ${A['group']}`
        : `${Wants}, but the step before it ends the chain: give the part before that step a name, and start from it`;

type Aggregate = 'aggregate it first, as count() does';

export type StreamFor<In, Step extends string> = In extends AnyStream
  ? In
  : Refusal<
      In,
      `${Step} takes a stream`,
      { stream: never; table: 'put toStream() before it'; group: 'aggregate it first, then put toStream() before it' }
    >;

export type TableFor<In, Step extends string> = In extends AnyTable
  ? In
  : Refusal<
      In,
      `${Step} takes a table`,
      { stream: 'put toTable(), or a group and an aggregation, before it'; table: never; group: Aggregate }
    >;

/** A stream or a table. */
export type CollectionFor<In, Step extends string> = In extends Collection
  ? In
  : Refusal<In, `${Step} takes a stream or a table`, { stream: never; table: never; group: Aggregate }>;

/** A group of either, with windows or without. */
export type GroupFor<In, Step extends string> = In extends Grouping
  ? In
  : Refusal<
      In,
      `${Step} takes a group`,
      { stream: 'put groupByKey() or groupBy() before it'; table: 'put groupBy() before it'; group: never }
    >;

export type GroupedStreamFor<In, Step extends string> =
  In extends KGroupedStream<unknown, unknown>
    ? In
    : Refusal<
        In,
        `${Step} takes the group of a stream`,
        {
          stream: 'put groupByKey() or groupBy() before it';
          table: 'put toStream() and groupByKey() before it';
          group: 'groups of tables, and those that have windows, cannot be cut';
        }
      >;
