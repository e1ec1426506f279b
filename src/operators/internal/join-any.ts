import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import { GlobalKTable } from '../../topology/global-table.ts';
import { KStream } from '../../topology/k-stream.ts';
import type { KTable } from '../../topology/k-table.ts';
import { isStream } from './derive.ts';
import { joinStreamGlobal } from './join-stream-global.ts';
import { joinStreamTable } from './join-stream-table.ts';
import { type JoinKind, type JoinWindowOptions, joinStreams, joinWindow } from './join-streams.ts';
import { joinTables } from './join-tables.ts';

type Joiner = (left: unknown, right: unknown, key: unknown) => unknown;
type KeySelector = (value: unknown, key: unknown) => unknown;
type AnySource = KStream<unknown, unknown> | KTable<unknown, unknown>;

interface AnyOptions {
  readonly name?: string;
  readonly store?: string;
  readonly key?: Serde<unknown>;
  readonly value?: Serde<unknown>;
  readonly otherValue?: Serde<unknown>;
  readonly grace?: number;
}

/** Chooses the join by what is joined. The public signatures have checked the arguments, which this cannot name. */
export function joinAny(kind: JoinKind, other: unknown, rest: readonly unknown[]): (source: AnySource) => unknown {
  if (other instanceof GlobalKTable) {
    const [keyOf, joiner] = rest as [KeySelector, Joiner];
    const step = { kind: kind as 'join' | 'leftJoin', keyOf, joiner };
    return (source) => joinStreamGlobal(source as KStream<unknown, unknown>, other, step);
  }
  const [joiner, options = {}] = rest as [Joiner, (AnyOptions & Partial<JoinWindowOptions>)?];
  return (source) => {
    if (other instanceof KStream) {
      const { name = '', key, value, otherValue } = options;
      if (name === '') throw failure('NAME_ABSENT', { kind });
      const window = joinWindow(name, options as JoinWindowOptions);
      return joinStreams(source as KStream<unknown, unknown>, other, {
        kind,
        joiner,
        name,
        window,
        key,
        value,
        otherValue,
      });
    }
    const table = other as KTable<unknown, unknown>;
    if (isStream(source))
      return joinStreamTable(source, table, { kind: kind as 'join' | 'leftJoin', joiner, ...options });
    return joinTables(source, table, { kind, joiner, ...options });
  };
}
