import { failure } from '../../errors.ts';
import type { Headers } from '../../log/port.ts';
import type { FetchedRecord } from '../../log/records/fetched-record.ts';
import type { Codec, Serde } from '../../serde/serde.ts';
import { NO_HEADERS } from '../../topology/records.ts';
import { headersOf, headersText } from './held-row-serde.ts';

/** What is kept of a record that waits: key and time are those of its row. */
export interface Buffered<V> {
  readonly value: V;
  readonly headers: Headers;
}

const LENGTH = 4;

/** Bytes: the length of the value in four, the value, the headers as JSON where there are any. Columns: likewise. */
export function bufferedSerde<V>(value: Serde<V>): Serde<Buffered<V>> {
  const { columns } = value;
  const width = columns.columns('value').length;
  return {
    name: `buffered(${value.name})`,
    columns: {
      columns: (use) => [...columns.columns(use), { name: '_headers', type: 'TEXT', as: 'json' }],
      write: (buffered) => [...columns.write(buffered.value), headersText(buffered.headers)],
      read: (row, at) => {
        const text = row[at + width];
        return { value: columns.read(row, at), headers: headersOf(typeof text === 'string' ? text : null) };
      },
    },
    open: async (use) => bufferedCodec(await value.open(use)),
  };
}

function bufferedCodec<V>(codec: Codec<V>): Codec<Buffered<V>> {
  return {
    prepare: (records) => codec.prepare?.([...values(records)]),
    encode: ({ value, headers }) => {
      const bytes = codec.encode(value);
      const head = Buffer.allocUnsafe(LENGTH);
      head.writeUInt32BE(bytes.length);
      return Buffer.concat([head, bytes, Buffer.from(headersText(headers) ?? '')]);
    },
    decode: (buffer, start, end) => {
      const to = valueEnd(buffer, start, end);
      if (to === undefined) throw failure('RECORD_UNREADABLE', { reason: 'not a record that waited for a table' });
      const text = buffer.toString('utf8', to, end);
      return { value: codec.decode(buffer, start + LENGTH, to), headers: headersOf(text === '' ? null : text) };
    },
  };
}

function valueEnd(buffer: Buffer, start: number, end: number): number | undefined {
  if (end - start < LENGTH) return undefined;
  const to = start + LENGTH + buffer.readUInt32BE(start);
  return to > end ? undefined : to;
}

/** The values, as those of records of their own: what the value's codec can look at. */
function* values(records: readonly FetchedRecord[]): Generator<FetchedRecord> {
  for (const record of records) {
    const to = valueEnd(record.buffer, record.valueStart, record.valueEnd);
    if (to !== undefined)
      yield { ...record, headers: NO_HEADERS, valueStart: record.valueStart + LENGTH, valueEnd: to };
  }
}
