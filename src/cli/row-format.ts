import { z } from 'zod';
import { exactJson } from '../query/exact-json.ts';
import type { Output } from './command.ts';

/** The option `--format` of commands that print rows. */
export const formatOption = z
  .enum(['table', 'ndjson', 'csv'])
  .default('table')
  .meta({ description: 'how to print rows' });

export type RowFormat = z.output<typeof formatOption>;

/** Rows to print: the names of their cells, and for NDJSON what to print of each. */
export interface Rows<T> {
  readonly rows: Iterable<T>;
  readonly cells: (row: T) => readonly (readonly [name: string, value: unknown])[];
  readonly json: (row: T) => unknown;
  /** Where no row says what the columns are. */
  readonly columns?: readonly string[];
}

/** A nested value takes so much of a table's width at most; the other formats have all of it. */
const NESTED_WIDTH = 60;

/** So much is written at once. */
const CHUNK = 64 * 1024;

/** Prints rows; NDJSON and CSV as they come, a table when all are there, since its columns are as wide as they need. */
export async function printRows<T>(out: Output, format: RowFormat, rows: Rows<T>): Promise<void> {
  let text = '';
  for (const line of linesOf(format, rows)) {
    text += `${line}\n`;
    if (text.length < CHUNK) continue;
    await out.write(text);
    text = '';
  }
  if (text !== '') await out.write(text);
}

function linesOf<T>(format: RowFormat, rows: Rows<T>): Iterable<string> {
  if (format === 'table') return tableLines(rows);
  return format === 'csv' ? csvLines(rows) : ndjsonLines(rows);
}

function* ndjsonLines<T>({ rows, json }: Rows<T>): Generator<string> {
  for (const row of rows) yield exactJson(json(row));
}

function* csvLines<T>({ rows, cells, columns }: Rows<T>): Generator<string> {
  let header = columns;
  if (header !== undefined) yield header.map(csvCell).join(',');
  for (const row of rows) {
    const named = cells(row);
    if (header === undefined) {
      header = named.map(([name]) => name);
      yield header.map(csvCell).join(',');
    }
    yield named.map(([, value]) => csvCell(cellText(value))).join(',');
  }
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function* tableLines<T>({ rows, cells, columns }: Rows<T>): Generator<string> {
  const named = Array.from(rows, cells);
  const names = columns ?? named[0]?.map(([name]) => name) ?? [];
  if (names.length === 0) return;
  const texts = named.map((row) => names.map((_, at) => printable(tableCell(row[at]?.[1]))));
  // Numbers stand under each other by their last digits, also where SQL has made texts of them.
  const isNumber = names.map((_, at) => texts.every((row) => /^-?\d+(\.\d+)?$/.test(row[at] ?? '')));
  const widths = names.map((name, at) =>
    texts.reduce((most, row) => Math.max(most, row[at]?.length ?? 0), name.length),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => (isNumber[at] ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  yield line(names);
  yield widths.map((width) => '─'.repeat(width)).join('  ');
  for (const row of texts) yield line(row);
}

function tableCell(value: unknown): string {
  const text = cellText(value);
  const isCut = typeof value === 'object' && text.length > NESTED_WIDTH;
  return isCut ? `${text.slice(0, NESTED_WIDTH - 1)}…` : text;
}

/** Line breaks and control characters would spoil a table, or the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '·');
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? exactJson(value) : String(value);
}
