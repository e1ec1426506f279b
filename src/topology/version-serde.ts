import { failure } from '../errors.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import { Scratch } from '../serde/scratch.ts';
import type { Codec, Column, Serde } from '../serde/serde.ts';
import { readInt64, writeInt64 } from '../state/int64.ts';
import type { Version } from '../state/versioned-store.ts';

const FROM: Column = { name: '_valid_from', type: 'INTEGER' };
const DELETED: Column = { name: '_deleted', type: 'INTEGER', as: 'boolean' };
const BEFORE = 2;
const TIME_BYTES = 8;

/** Bytes: the time in 8, then those of the value, if there is one. Columns: the same, and those of the value. */
export function versionSerde<V>(value: Serde<V>): Serde<Version<V>> {
  const { columns } = value;
  const none = columns.columns('value').map(() => null);
  return {
    name: `version(${value.name})`,
    columns: {
      columns: (use) => [FROM, DELETED, ...columns.columns(use)],
      write: (version) =>
        version.value === null ? [version.from, 1, ...none] : [version.from, 0, ...columns.write(version.value)],
      read: (row, at) => ({
        from: Number(row[at]),
        value: Number(row[at + 1]) === 1 ? null : columns.read(row, at + BEFORE),
      }),
    },
    open: async (use) => versionCodec(await value.open(use)),
  };
}

function versionCodec<V>(codec: Codec<V>): Codec<Version<V>> {
  const scratch = new Scratch();
  return {
    prepare: (records) => codec.prepare?.([...values(records)]),
    encode: ({ from, value }) => {
      const inner = value === null ? undefined : codec.encode(value);
      // One more byte where there is a value, which may have none itself.
      const length = TIME_BYTES + (inner === undefined ? 0 : 1 + inner.length);
      const bytes = scratch.reserve(length);
      writeInt64(bytes, from, 0);
      if (inner !== undefined) {
        bytes[TIME_BYTES] = 0;
        inner.copy(bytes, TIME_BYTES + 1);
      }
      return scratch.first(length);
    },
    decode: (buffer, start, end) => {
      if (end - start < TIME_BYTES) throw failure('RECORD_UNREADABLE', { reason: 'not a version of a row' });
      const hasValue = end - start > TIME_BYTES;
      return {
        from: readInt64(buffer, start),
        value: hasValue ? codec.decode(buffer, start + TIME_BYTES + 1, end) : null,
      };
    },
  };
}

/** The values in versions, as those of records of their own: what the value's codec can look at. */
function* values(records: readonly FetchedRecord[]): Generator<FetchedRecord> {
  for (const record of records) {
    const valueStart = record.valueStart + TIME_BYTES + 1;
    if (record.valueEnd >= valueStart) yield { ...record, headers: [], valueStart };
  }
}
