import { failure } from '../../errors.ts';
import type { FetchedRecord } from '../../log/records/fetched-record.ts';
import { Scratch } from '../../serde/scratch.ts';
import type { Codec, Serde } from '../../serde/serde.ts';

/** Both sides of a change of a table's row, as it travels to the group of its new key. */
export interface ValueChange<V> {
  readonly value: V | null;
  readonly oldValue: V | null;
}

const HEADER = 5;

/**
 * Bytes of a change: a byte that says which sides are there (1 new, 2 old), the length of the new one in four bytes,
 * then both. Only Millrace reads the topic it is used in.
 */
export function changeSerde<V>(value: Serde<V>): Serde<ValueChange<V>> {
  return {
    name: `change(${value.name})`,
    columns: {
      columns: () => [],
      write: () => unstored(),
      read: () => unstored(),
    },
    open: async (use) => changeCodec(await value.open(use)),
  };
}

function unstored(): never {
  throw new Error('Bug in Millrace: changes are not stored');
}

/** The two sides of each record, as records of their own: what the value's codec can look at. */
function* sides(records: readonly FetchedRecord[]): Generator<FetchedRecord> {
  for (const record of records) {
    const { buffer, valueStart: start, valueEnd: end } = record;
    if (end - start < HEADER) continue;
    const middle = start + HEADER + buffer.readUInt32BE(start + 1);
    if (middle > end) continue;
    if (middle > start + HEADER) yield { ...record, headers: [], valueStart: start + HEADER, valueEnd: middle };
    if (end > middle) yield { ...record, headers: [], valueStart: middle, valueEnd: end };
  }
}

function changeCodec<V>(codec: Codec<V>): Codec<ValueChange<V>> {
  const scratch = new Scratch();
  /** Writes one side, and gives where it ends. Copied at once: the next call of the codec may overwrite it. */
  const write = (value: V | null, at: number): number => {
    if (value === null) return at;
    const bytes = codec.encode(value);
    bytes.copy(scratch.reserve(at + bytes.length), at);
    return at + bytes.length;
  };
  return {
    prepare: (records) => codec.prepare?.([...sides(records)]),
    encode: ({ value, oldValue }) => {
      const middle = write(value, HEADER);
      const end = write(oldValue, middle);
      const { buffer } = scratch;
      buffer[0] = (value === null ? 0 : 1) | (oldValue === null ? 0 : 2);
      buffer.writeUInt32BE(middle - HEADER, 1);
      return scratch.first(end);
    },
    decode: (buffer, start, end) => {
      const flags = buffer[start] ?? 0;
      const middle = start + HEADER + (end - start >= HEADER ? buffer.readUInt32BE(start + 1) : 0);
      if (middle < start + HEADER || middle > end || flags > 3)
        throw failure('RECORD_UNREADABLE', { reason: 'not a change of a table, as repartition topics hold them' });
      return {
        value: flags & 1 ? codec.decode(buffer, start + HEADER, middle) : null,
        oldValue: flags & 2 ? codec.decode(buffer, middle, end) : null,
      };
    },
  };
}
