import type { Serde } from '../../serde/serde.ts';
import type { Grouping } from '../../topology/k-grouped.ts';
import type { KTable } from '../../topology/k-table.ts';
import { unreachable } from '../../util/assert.ts';
import { aggregateStream, aggregateTable } from './aggregate-internals.ts';
import { aggregateWindows } from './aggregate-windows.ts';
import { refuseTimeToLive, type TimeToLive } from './time-to-live.ts';

/** A fold with all that any kind of group may need. What a kind needs is demanded by the types of the operators. */
export interface AnyFold<A> extends TimeToLive {
  readonly kind: string;
  readonly name: string;
  readonly value: Serde<A>;
  readonly initial: () => A | null;
  readonly add: (aggregate: A, value: unknown, key: unknown) => A | null;
  readonly subtract: (aggregate: A, value: unknown, key: unknown) => A | null;
  readonly merge: (a: A, b: A, key: unknown) => A | null;
}

/** Aggregates whatever was grouped. */
export function aggregateAny<A>(grouped: Grouping, fold: AnyFold<A>): KTable<unknown, A> {
  const step = `${fold.kind}('${fold.name}')`;
  switch (grouped.kind) {
    case 'grouped-stream':
      return aggregateStream(grouped, fold);
    case 'grouped-table':
      refuseTimeToLive(step, fold, 'groups');
      return aggregateTable(grouped, fold);
    case 'windowed-stream': {
      refuseTimeToLive(step, fold, 'windows');
      const { windows, options } = grouped;
      const input = {
        stream: grouped.grouped.stream,
        add: fold.add as (a: unknown, v: unknown, k: unknown) => unknown,
      };
      const table = aggregateWindows([input], { windows, options }, fold as WindowFoldOf<A>);
      return table as KTable<unknown, A>;
    }
    default:
      return unreachable(grouped);
  }
}

type WindowFoldOf<A> = Parameters<typeof aggregateWindows<unknown, A>>[2];
