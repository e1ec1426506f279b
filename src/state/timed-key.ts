import { failure } from '../errors.ts';
import type { Codec, Column, Columns, Serde, SerdeUse, SqlValue } from '../serde/serde.ts';
import { readInt64, writeInt64 } from './int64.ts';
import type { StoreSpec, TimedKey } from './store.ts';

/** What a timed store holds. It names the columns and orders the rows of equal time. */
export type TimedKind = 'window' | 'session' | 'buffer' | 'version' | 'count';

interface KindColumns {
  readonly time: string;
  readonly order?: string;
  /** Whether rows of equal time are ordered by `order` before the key. */
  readonly orderFirst?: boolean;
  /** See `StoreSpec.keyOrder`. */
  readonly keyOrder?: false;
}

const KINDS: Readonly<Record<TimedKind, KindColumns>> = {
  window: { time: '_window_start' },
  count: { time: '_window_start', order: '_records' },
  session: { time: '_session_end', order: '_session_start', orderFirst: true },
  buffer: { time: '_time', order: '_arrival', keyOrder: false },
  version: { time: '_valid_to' },
};

/** A timed store before it is opened. */
export interface TimedStoreSpec<K, V> extends StoreSpec<TimedKey<K>, V> {
  readonly timed: TimedShape<K>;
}

export interface TimedShape<K> {
  readonly kind: TimedKind;
  /** How long rows are seen after the newest one, ms; infinite: for ever. */
  readonly retentionMs: number;
  /** Of the key alone. */
  readonly key: Serde<K>;
}

/** Names and types a timed store, for the declaration of a node. */
export function timedStore<K, V>(options: {
  name: string;
  kind: TimedKind;
  key: Serde<K>;
  value: Serde<V>;
  retentionMs: number;
}): TimedStoreSpec<K, V> {
  const { name, kind, key, value, retentionMs } = options;
  const width = key.columns.columns('key').length;
  const keyAt = Array.from({ length: width }, (_, at) => at);
  const { orderFirst = false, keyOrder = true } = KINDS[kind];
  const index = orderFirst ? [width, width + 1, ...keyAt] : [width, ...keyAt];
  const timed = { kind, retentionMs, key };
  return { name, key: timedKeySerde(key, kind), value: markedValue(value), index, keyOrder, timed };
}

// --- marks ----------------------------------------------------------------------------------------------------------

const MARK = Symbol('mark');

/** Stands in the place of a `TimedKey` for a time of the store as a whole: in generations and changelogs, not in tables. */
export interface MarkKey {
  readonly [MARK]: string;
}

export function markKey(name: string): MarkKey {
  return { [MARK]: name };
}

/** The name of a mark; undefined where the key is one of a row. */
export function markName(key: object): string | undefined {
  return MARK in key ? (key as MarkKey)[MARK] : undefined;
}

export function isMark(key: unknown): boolean {
  return typeof key === 'object' && key !== null && MARK in key;
}

/** The mark that keeps the newest time: it must not go back when the newest row is deleted. */
export const NEWEST = 'newest';

/** The value of every mark: what it marks is in its timestamp. */
export const MARKED: unique symbol = Symbol('marked');

const NOTHING = Buffer.alloc(0);

function markedValue<V>(value: Serde<V>): Serde<V> {
  return {
    ...value,
    open: async (use) => {
      const codec = await value.open(use);
      return {
        encode: (given) => ((given as unknown) === MARKED ? NOTHING : codec.encode(given)),
        decode: codec.decode.bind(codec),
        ...(codec.prepare && { prepare: codec.prepare.bind(codec) }),
      };
    },
  };
}

// --- bytes and columns ----------------------------------------------------------------------------------------------

/** Keys as Kafka Streams writes windowed keys: the key's bytes, the time in 8 bytes, and the order in 8 where there is one. */
function timedKeySerde<K>(key: Serde<K>, kind: TimedKind): Serde<TimedKey<K>> {
  return {
    name: `${kind}(${key.name})`,
    columns: timedColumns(key.columns, KINDS[kind]),
    open: async (use: SerdeUse) => timedCodec(await key.open(use), KINDS[kind].order !== undefined),
  };
}

function timedCodec<K>(codec: Codec<K>, hasOrder: boolean): Codec<TimedKey<K>> {
  const tail = hasOrder ? 16 : 8;
  let scratch = Buffer.allocUnsafe(64);
  return {
    ...(codec.prepare && { prepare: codec.prepare.bind(codec) }),
    encode(at) {
      const mark = markName(at);
      if (mark !== undefined) return Buffer.from(mark, 'latin1');
      const bytes = codec.encode(at.key);
      const length = bytes.length + tail;
      if (scratch.length < length) scratch = Buffer.allocUnsafe(2 * length);
      bytes.copy(scratch);
      writeInt64(scratch, at.time, bytes.length);
      if (hasOrder) writeInt64(scratch, at.order, bytes.length + 8);
      return scratch.subarray(0, length);
    },
    decode(buffer, start, end) {
      const length = end - start;
      // Only marks are shorter than a time. A key of a row is never taken for one, nor the other way round.
      if (length < 8) return markKey(buffer.toString('latin1', start, end)) as unknown as TimedKey<K>;
      if (length < tail)
        throw failure('RECORD_UNREADABLE', { reason: `a key with its times has ${tail} bytes or more` });
      const at = end - tail;
      return {
        key: codec.decode(buffer, start, at),
        time: readInt64(buffer, at),
        order: hasOrder ? readInt64(buffer, at + 8) : 0,
      };
    },
  };
}

function timedColumns<K>(key: Columns<K>, kind: KindColumns): Columns<TimedKey<K>> {
  const times: Column[] = [{ name: kind.time, type: 'INTEGER' }];
  if (kind.order !== undefined) times.push({ name: kind.order, type: 'INTEGER' });
  const hasOrder = kind.order !== undefined;
  const width = key.columns('key').length;
  const columns = { key: [...key.columns('key'), ...times], value: [...key.columns('value'), ...times] };
  return {
    columns: (use) => columns[use],
    write(at) {
      const mark = markName(at);
      // For its identity only: marks are in no table of rows.
      if (mark !== undefined) return ['mark', mark, null];
      const row: SqlValue[] = key.write(at.key);
      return hasOrder ? [...row, at.time, at.order] : [...row, at.time];
    },
    read: (row, at) => ({
      key: key.read(row, at),
      time: Number(row[at + width]),
      order: hasOrder ? Number(row[at + width + 1]) : 0,
    }),
  };
}
