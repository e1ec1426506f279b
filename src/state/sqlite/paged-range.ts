/**
 * Reads a range page by page, since a statement left open between two rows would block the commit. Pages of different
 * commits would not fit together, so the table tells its open ranges before it is written, and they read what they
 * still lack.
 */
import type { Statement } from 'better-sqlite3';
import type { SqlValue } from '../../serde/serde.ts';
import { afterPrefix, type RangeBounds } from '../range-bounds.ts';
import type { Entry } from '../store.ts';
import type { RangeShape } from './statements.ts';

export interface PageSource<K, V> {
  /** At most `limit` entries within the bounds; `after` is the key of the last one before. */
  page(after: readonly SqlValue[] | undefined, limit: number): readonly Entry<K, V>[];
  columnsOf(key: K): readonly SqlValue[];
  /** Nothing is left to read, or nobody wants it. */
  done(range: PagedRange<K, V>): void;
}

const FIRST_PAGE = 64;
const LARGEST_PAGE = 1024;

export class PagedRange<K, V> implements IterableIterator<Entry<K, V>> {
  readonly #source: PageSource<K, V>;
  #left: number;
  #pageSize = FIRST_PAGE;
  #page: readonly Entry<K, V>[] = [];
  #at = 0;
  #after: readonly SqlValue[] | undefined;
  #isRead = false;

  constructor(source: PageSource<K, V>, limit: number) {
    this.#source = source;
    this.#left = limit;
  }

  /** Reads the first page, so that the snapshot is of now. */
  begin(): void {
    this.#page = this.#readPage(this.#pageSize);
  }

  next(): IteratorResult<Entry<K, V>, undefined> {
    if (this.#at === this.#page.length && !this.#isRead) {
      this.#page = this.#readPage(this.#pageSize);
      this.#at = 0;
    }
    const value = this.#page[this.#at++];
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  return(): IteratorResult<Entry<K, V>, undefined> {
    this.#page = [];
    this.#at = 0;
    this.#end();
    return { done: true, value: undefined };
  }

  /** Reads all that is left, since the table is about to change. */
  settle(): void {
    if (this.#isRead) return;
    const rest = this.#page.slice(this.#at);
    while (!this.#isRead) rest.push(...this.#readPage(LARGEST_PAGE));
    this.#page = rest;
    this.#at = 0;
  }

  [Symbol.iterator](): this {
    return this;
  }

  #readPage(size: number): readonly Entry<K, V>[] {
    const limit = Math.min(size, this.#left);
    const page = this.#source.page(this.#after, limit);
    const last = page.at(-1);
    if (last !== undefined) this.#after = this.#source.columnsOf(last.key);
    this.#left -= page.length;
    this.#pageSize = Math.min(LARGEST_PAGE, size * 4);
    // A key of no columns is the only one of its table: there is none after it.
    if (page.length < limit || this.#left <= 0 || this.#after?.length === 0) this.#end();
    return page;
  }

  #end(): void {
    this.#isRead = true;
    this.#source.done(this);
  }
}

export interface PageQuery {
  readonly partition: number;
  readonly bounds: RangeBounds;
  readonly reverse: boolean;
  readonly after: readonly SqlValue[] | undefined;
  readonly limit: number;
}

/** Runs the statement of a page. */
export function readPage(
  statement: (shape: RangeShape) => Statement<SqlValue[], SqlValue[]>,
  { partition, bounds, reverse, after, limit }: PageQuery,
): SqlValue[][] {
  const { prefix } = bounds;
  const end = prefix && afterPrefix(prefix.text);
  // Reading on replaces the bound that it started from.
  const lower = reverse ? bounds.from : (after ?? bounds.from);
  const upper = reverse ? (after ?? bounds.to) : bounds.to;
  const isBounded = (key: readonly SqlValue[] | undefined): boolean => key !== undefined && key.length > 0;
  const run = statement({
    lower: isBounded(lower) ? (lower === after ? '>' : '>=') : undefined,
    upper: isBounded(upper) ? (upper === after ? '<' : '<=') : undefined,
    prefix: prefix && { at: prefix.at, isBounded: end !== undefined },
    reverse,
  });
  const prefixed = prefix === undefined ? [] : [prefix.text, ...(end === undefined ? [] : [end])];
  return run.all(partition, ...(lower ?? []), ...(upper ?? []), ...prefixed, limit);
}
