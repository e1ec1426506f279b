import { failure } from '../errors.ts';
import { Scratch } from './scratch.ts';
import type { Codec, Column, Columns, Serde, SqlValue } from './serde.ts';

/**
 * A key in one of its windows. Times are ms since 1970; of windows by count, places in the key's sequence.
 *
 * @see `windowedBy`
 */
export interface Windowed<K> {
  readonly key: K;
  readonly start: number;
  /**
   * Of tumbling, hopping, calendar and unlimited windows the first time that is no longer in it (`Infinity` for an
   * unlimited one); of sliding windows and sessions the last time that is.
   */
  readonly end: number;
}

const UINT32 = 2 ** 32;

/**
 * Keys of windows of one size, as Kafka Streams' TimeWindowedSerializer writes them: the key's bytes, then the start of
 * the window in 8 bytes, big-endian. The end is the start and `sizeMs`; of sliding windows the size is their difference.
 *
 * @example
 * flow.stream('per-minute', { key: windowed(string(), 60_000), value: integer() }).pipe(
 *   map((count, { key, start }) => [key, `${count} since ${start}`]),
 *   to('lines', { key: string(), value: string() }),
 * );
 */
export function windowed<K>(key: Serde<K>, sizeMs: number): Serde<Windowed<K>> {
  return windowedBy(key, (start) => start + sizeMs);
}

/** As `windowed`, for windows whose end is found otherwise. */
export function windowedBy<K>(key: Serde<K>, endOf: (start: number) => number): Serde<Windowed<K>> {
  return {
    name: `windowed(${key.name})`,
    columns: windowColumns(key.columns),
    open: async (use) => {
      const codec = await key.open(use);
      const scratch = new Scratch();
      return {
        ...preparing(codec),
        encode: (of) => withTimes(scratch, codec.encode(of.key), [of.start]),
        decode: (buffer, start, end) => {
          checkLength(end - start, 8);
          const from = readTime(buffer, end - 8);
          return { key: codec.decode(buffer, start, end - 8), start: from, end: endOf(from) };
        },
      };
    },
  };
}

/**
 * Keys of sessions, as Kafka Streams' SessionWindowedSerializer writes them: the key's bytes, then the session's end and
 * its start in 8 bytes each, big-endian.
 *
 * @example
 * flow.stream('visits', { key: sessionWindowed(string()), value: integer() }).pipe(
 *   map((clicks, { key, start, end }) => [key, `${clicks} in ${end - start} ms`]),
 *   to('lines', { key: string(), value: string() }),
 * );
 */
export function sessionWindowed<K>(key: Serde<K>): Serde<Windowed<K>> {
  return {
    name: `sessionWindowed(${key.name})`,
    columns: windowColumns(key.columns),
    open: async (use) => {
      const codec = await key.open(use);
      const scratch = new Scratch();
      return {
        ...preparing(codec),
        encode: (of) => withTimes(scratch, codec.encode(of.key), [of.end, of.start]),
        decode: (buffer, start, end) => {
          checkLength(end - start, 16);
          const key = codec.decode(buffer, start, end - 16);
          return { key, start: readTime(buffer, end - 8), end: readTime(buffer, end - 16) };
        },
      };
    },
  };
}

function preparing<K>(codec: Codec<K>): Pick<Codec<K>, 'prepare'> {
  return codec.prepare === undefined ? {} : { prepare: codec.prepare.bind(codec) };
}

function checkLength(length: number, least: number): void {
  if (length >= least) return;
  throw failure('RECORD_UNREADABLE', { reason: `a windowed key has ${least} bytes or more, but there are ${length}` });
}

function withTimes(scratch: Scratch, key: Buffer, times: readonly number[]): Buffer {
  const length = key.length + 8 * times.length;
  const bytes = scratch.reserve(length);
  key.copy(bytes);
  for (let i = 0; i < times.length; i++) writeTime(bytes, times[i] ?? 0, key.length + 8 * i);
  return scratch.first(length);
}

function writeTime(bytes: Buffer, time: number, at: number): void {
  bytes.writeInt32BE(Math.floor(time / UINT32), at);
  // The remainder modulo 2^32, as `>>>` takes it of any integer.
  bytes.writeUInt32BE(time >>> 0, at + 4);
}

function readTime(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * UINT32 + buffer.readUInt32BE(at + 4);
}

/** An endless window has no end in its row: SQLite's integers have no infinity. */
function windowColumns<K>(key: Columns<K>): Columns<Windowed<K>> {
  const times: Column[] = [
    { name: 'window_start', type: 'INTEGER' },
    { name: 'window_end', type: 'INTEGER' },
  ];
  const width = key.columns('key').length;
  const columns = { key: [...key.columns('key'), ...times], value: [...key.columns('value'), ...times] };
  return {
    columns: (use) => columns[use],
    write: ({ key: of, start, end }): SqlValue[] => [...key.write(of), start, Math.min(end, Number.MAX_SAFE_INTEGER)],
    read: (row, at) => {
      const end = Number(row[at + width + 1]);
      return {
        key: key.read(row, at),
        start: Number(row[at + width]),
        end: end === Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : end,
      };
    },
  };
}
