import { failure } from '../errors.ts';
import type { Codec, Serde } from './serde.ts';
import { shown } from './shown.ts';
import { singleColumn } from './single-column.ts';
import { describeIssue, type StandardResult, type StandardSchema } from './standard-schema.ts';
import { decodeUtf8, Utf8Encoder } from './utf8.ts';

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * JSON as UTF-8, of any shape. Numbers are doubles: money belongs in integers or strings. What is no JSON is
 * RECORD_UNREADABLE when read, VALUE_INVALID when written, NaN and Infinity too.
 *
 * @example
 * flow.stream('events', { key: string(), value: json() }).pipe(filter((event) => Array.isArray(event)));
 */
export function json(): Serde<JsonValue>;
/**
 * With a guard (any Standard Schema validator: zod, valibot, arktype, …) values have its output type, and are checked when
 * read (RECORD_UNREADABLE) and when written (VALUE_INVALID), with the place of what does not fit.
 *
 * @example
 * import { z } from 'zod';
 *
 * const Visit = z.object({ page: z.string(), seconds: z.number() });
 * flow.stream('visits', { key: string(), value: json(Visit) }).pipe(
 *   mapValues((visit) => Math.round(visit.seconds)),
 *   to('lengths', { value: integer() }),
 * );
 * // in  visits  ann={"page":"tea","seconds":7.4}@1
 * // out lengths ann=7@1
 */
export function json<T>(guard: StandardSchema<T>): Serde<T>;
export function json<T>(guard?: StandardSchema<T>): Serde<T> {
  // Without a guard T is JsonValue, which is what JSON.parse gives.
  const check = guard ? (value: unknown) => validated(guard, value) : (value: unknown) => value as T;
  const write = (value: T): string => textOf(value, check);
  const read = (text: string): T => parse(text, check);
  return {
    name: 'json',
    columns: singleColumn<T>({ type: 'TEXT', as: 'json' }, write, (text) => read(text as string)),
    open: async () => jsonCodec(write, read),
  };
}

function jsonCodec<T>(write: (value: T) => string, read: (text: string) => T): Codec<T> {
  const encoder = new Utf8Encoder();
  return {
    encode: (value) => encoder.encode(write(value)),
    decode: (buffer, start, end) => read(decodeUtf8(buffer, start, end)),
  };
}

function parse<T>(text: string, check: (value: unknown) => T): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failure('RECORD_UNREADABLE', { reason: `it is not JSON: ${(error as Error).message}` }, error);
  }
  try {
    return check(value);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw failure('RECORD_UNREADABLE', { reason: `${error.path} does not fit: ${error.message}` });
  }
}

function textOf<T>(value: T, check: (value: unknown) => T): string {
  const text = stringify(value);
  // JSON writes NaN and Infinity as null. That cannot have happened where there is no null.
  if (text.includes('null')) requireFinite(value, '');
  try {
    // A guard may turn text into dates and the like: what it must accept is what a reader will see.
    check(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw invalid(error.path, value, `what the guard takes: ${error.message}`);
  }
  return text;
}

function stringify(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch (error) {
    throw invalid('it', value, `JSON: ${(error as Error).message}`, error);
  }
  throw invalid('it', value, 'JSON');
}

function requireFinite(value: unknown, path: string): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw invalid(path.slice(1) || 'it', value, 'a finite number');
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return;
  for (const [key, part] of Object.entries(value)) requireFinite(part, `${path}.${key}`);
}

class Mismatch extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

function validated<T>(guard: StandardSchema<T>, value: unknown): T {
  const result = guard['~standard'].validate(value) as StandardResult<T> | Promise<never>;
  if (result instanceof Promise)
    throw new TypeError('The guard of json(…) is asynchronous; use one that answers at once.');
  if (!result.issues) return result.value;
  const { path, message } = describeIssue(result.issues);
  throw new Mismatch(path, message);
}

function invalid(path: string, value: unknown, expected: string, cause?: unknown): Error {
  return failure('VALUE_INVALID', { serde: 'json', path, actual: shown(value), expected }, cause);
}
