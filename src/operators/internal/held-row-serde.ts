import { failure } from '../../errors.ts';
import type { Headers } from '../../log/port.ts';
import type { FetchedRecord } from '../../log/records/fetched-record.ts';
import type { Codec, Column, Columns, Serde, SqlValue } from '../../serde/serde.ts';
import { NO_HEADERS } from '../../topology/records.ts';

/** A change of a table that is held back, with what it has replaced. */
export interface HeldRow<V> {
  /** The newest value; null: the row is deleted. */
  readonly value: V | null;
  /** What was last passed on. */
  readonly prior: V | null;
  /** What the newest change has replaced; null where nobody asks for it. */
  readonly replaced: V | null;
  /** Of the record that caused the newest change. */
  readonly headers: Headers;
}

const PARTS = ['value', 'prior', 'replaced'] as const;
const HEADER = 1 + 4 * PARTS.length;

/**
 * Bytes: which of the three values are there, their lengths in four bytes each, the values, and the headers as JSON where
 * there are any. Columns: those of each value, under its name.
 */
export function heldRowSerde<V>(value: Serde<V>): Serde<HeldRow<V>> {
  return {
    name: `held(${value.name})`,
    columns: heldColumns(value.columns),
    open: async (use) => heldCodec(await value.open(use)),
  };
}

// --- bytes

function heldCodec<V>(codec: Codec<V>): Codec<HeldRow<V>> {
  const nothing = Buffer.alloc(0);
  return {
    prepare: (records) => codec.prepare?.([...values(records)]),
    encode: (row) => {
      // The next call may overwrite what the last one gave.
      const parts = PARTS.map((part) => (row[part] === null ? nothing : Buffer.from(codec.encode(row[part] as V))));
      const head = Buffer.alloc(HEADER);
      PARTS.forEach((part, i) => {
        if (row[part] !== null) head[0] = (head[0] ?? 0) | (1 << i);
        head.writeUInt32BE(parts[i]?.length ?? 0, 1 + 4 * i);
      });
      const headers = headersText(row.headers);
      return Buffer.concat([head, ...parts, headers === null ? nothing : Buffer.from(headers)]);
    },
    decode: (buffer, start, end) => {
      const places = placesOf(buffer, start, end);
      if (places === undefined) throw failure('RECORD_UNREADABLE', { reason: 'not a change that suppress holds back' });
      const [value = null, prior = null, replaced = null] = places.parts.map(({ isThere, from, to }) =>
        isThere ? codec.decode(buffer, from, to) : null,
      );
      const text = places.end < end ? buffer.toString('utf8', places.end, end) : null;
      return { value, prior, replaced, headers: headersOf(text) };
    },
  };
}

function placesOf(buffer: Buffer, start: number, end: number) {
  if (end - start < HEADER) return undefined;
  let at = start + HEADER;
  const parts = PARTS.map((_, i) => {
    const from = at;
    at += buffer.readUInt32BE(start + 1 + 4 * i);
    return { isThere: ((buffer[start] ?? 0) & (1 << i)) !== 0, from, to: at };
  });
  return at <= end ? { parts, end: at } : undefined;
}

/** The values of each record, as records of their own: what the values' codec can look at. */
function* values(records: readonly FetchedRecord[]): Generator<FetchedRecord> {
  for (const record of records) {
    const { buffer, valueStart, valueEnd } = record;
    for (const { isThere, from, to } of placesOf(buffer, valueStart, valueEnd)?.parts ?? [])
      if (isThere) yield { ...record, headers: NO_HEADERS, valueStart: from, valueEnd: to };
  }
}

// --- columns

function heldColumns<V>(value: Columns<V>): Columns<HeldRow<V>> {
  const width = value.columns('value').length;
  const ofPart = (part: string): Column[] =>
    value.columns('value').map((column) => ({ ...column, name: `_${part}_${column.name}` }));
  const columns: Column[] = [
    { name: '_there', type: 'INTEGER' },
    ...PARTS.flatMap(ofPart),
    { name: '_headers', type: 'TEXT', as: 'json' },
  ];
  const absent: SqlValue[] = value.columns('value').map(() => null);
  return {
    columns: () => columns,
    write: (row) => {
      const there = PARTS.reduce((bits, part, i) => (row[part] === null ? bits : bits | (1 << i)), 0);
      const parts = PARTS.flatMap((part) => (row[part] === null ? absent : value.write(row[part] as V)));
      return [there, ...parts, headersText(row.headers)];
    },
    read: (row, at) => {
      const there = Number(row[at]);
      const [held = null, prior = null, replaced = null] = PARTS.map((_, i) =>
        there & (1 << i) ? value.read(row, at + 1 + i * width) : null,
      );
      const text = row[at + 1 + PARTS.length * width];
      return { value: held, prior, replaced, headers: headersOf(typeof text === 'string' ? text : null) };
    },
  };
}

// --- headers

/** JSON: names, and values in base64. */
export function headersText(headers: Headers): string | null {
  if (headers.length === 0) return null;
  return JSON.stringify(headers.map(([name, value]) => [name, value && Buffer.from(value).toString('base64')]));
}

export function headersOf(text: string | null): Headers {
  if (text === null) return NO_HEADERS;
  // Only `headersText` writes it.
  const pairs = JSON.parse(text) as [string, string | null][];
  return pairs.map(([name, value]) => [name, value === null ? null : Buffer.from(value, 'base64')]);
}
