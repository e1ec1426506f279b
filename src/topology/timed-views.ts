/** Stores with times as users know them: windows by their start, sessions by start and end. */
import type { Serde } from '../serde/serde.ts';
import { isWithin, rangeBounds } from '../state/range-bounds.ts';
import type { Entry, RangeQuery, ReadOnlyTimedStore, TimedKey } from '../state/store.ts';

/**
 * A row of a store of windows.
 *
 * @see `windowStore`
 */
export interface WindowRow<K, V> {
  readonly key: K;
  /** Where its window begins, ms. */
  readonly start: number;
  readonly value: V;
  readonly timestamp: number;
}

/**
 * A row of a store of sessions.
 *
 * @see `sessionStore`
 */
export interface SessionRow<K, V> {
  readonly key: K;
  /** The time of its first record, ms. */
  readonly start: number;
  /** The time of its last record, ms. */
  readonly end: number;
  readonly value: V;
}

export interface FetchOptions {
  /** Gives the last row first. */
  readonly reverse?: boolean;
}

export interface FetchAllOptions<K> extends FetchOptions {
  /** Only rows of these keys; both inclusive, in the order in which a store of keys has them. */
  readonly keys?: Pick<RangeQuery<K>, 'from' | 'to'>;
}

/**
 * A store of windows: values by key and start.
 *
 * @see `TopologyTestDriver`, `MockProcessor`, `windowStore`
 */
export interface ReadOnlyWindowStore<K, V> {
  readonly name: string;
  get(key: K, start: number): V | undefined;
  /** The rows of a key whose windows begin from one time to another, both inclusive, by start. */
  fetch(key: K, from: number, to: number, options?: FetchOptions): readonly WindowRow<K, V>[];
  /**
   * As `fetch`, of all keys or of a range of them, by start, then key.
   *
   * @example
   * const pages = windowStore('pages', { key: string(), value: string(), retention: 60 * 60_000 });
   * clicks.pipe(
   *   processValues({
   *     stores: [pages],
   *     init: ({ stores: { pages }, forward }) => ({ key, value, timestamp }) => {
   *       pages.put(key, value, timestamp);
   *       const newest = pages.fetchAll(timestamp - 10, timestamp, { keys: { from: 'a', to: 'c' }, reverse: true });
   *       forward(newest.map((row) => row.value).join('+'));
   *     },
   *   }),
   *   to('pages-of-a-to-c'),
   * );
   * // in  clicks          ann=home@1 bob=tea@5 zoe=cart@8
   * // out pages-of-a-to-c ann=home@1 bob=tea+home@5 zoe=tea+home@8
   */
  fetchAll(from: number, to: number, options?: FetchAllOptions<K>): readonly WindowRow<K, V>[];
  /** All rows by key, then start. */
  all(options?: FetchOptions): readonly WindowRow<K, V>[];
}

/**
 * A store of sessions: values by key, start and end.
 *
 * @see `TopologyTestDriver`, `MockProcessor`, `sessionStore`
 */
export interface ReadOnlySessionStore<K, V> {
  readonly name: string;
  get(key: K, start: number, end: number): V | undefined;
  /** The sessions of a key that end at `from` or later and begin at `to` or earlier, by end, then start. */
  fetch(key: K, from: number, to: number, options?: FetchOptions): readonly SessionRow<K, V>[];
  /** As `fetch`, of all keys or of a range of them, by end, then start, then key. */
  fetchAll(from: number, to: number, options?: FetchAllOptions<K>): readonly SessionRow<K, V>[];
  /** All sessions by key, then end, then start. */
  all(options?: FetchOptions): readonly SessionRow<K, V>[];
}

const FOREVER = Number.MAX_SAFE_INTEGER;

/** A timed store of windows. */
export class WindowView<K, V> implements ReadOnlyWindowStore<K, V> {
  readonly #rows: ReadOnlyTimedStore<K, V>;
  readonly #key: Serde<K>;

  /** `key` is the serde of the keys alone. */
  constructor(rows: ReadOnlyTimedStore<K, V>, key: Serde<K>) {
    this.#rows = rows;
    this.#key = key;
  }

  get name(): string {
    return this.#rows.name;
  }

  get(key: K, start: number): V | undefined {
    return this.#rows.get(key, start)?.value;
  }

  fetch(key: K, from: number, to: number, { reverse = false }: FetchOptions = {}): WindowRow<K, V>[] {
    return this.#rows.fetch(key, from, to, reverse).map(asWindow);
  }

  fetchAll(from: number, to: number, options: FetchAllOptions<K> = {}): WindowRow<K, V>[] {
    const rows = this.#rows.fetchAll(from, to).map(asWindow);
    return inOrder(ofKeys(rows, { ...options, of: this.#rows.name, key: this.#key }), options);
  }

  all(options?: FetchOptions): WindowRow<K, V>[] {
    return inOrder(this.#rows.all().map(asWindow), options);
  }
}

/** A timed store of sessions. */
export class SessionView<K, V> implements ReadOnlySessionStore<K, V> {
  readonly #rows: ReadOnlyTimedStore<K, V>;
  readonly #key: Serde<K>;

  /** `key` is the serde of the keys alone. */
  constructor(rows: ReadOnlyTimedStore<K, V>, key: Serde<K>) {
    this.#rows = rows;
    this.#key = key;
  }

  get name(): string {
    return this.#rows.name;
  }

  get(key: K, start: number, end: number): V | undefined {
    return this.#rows.get(key, end, start)?.value;
  }

  fetch(key: K, from: number, to: number, { reverse = false }: FetchOptions = {}): SessionRow<K, V>[] {
    return this.#rows
      .fetch(key, from, FOREVER, reverse)
      .map(asSession)
      .filter(({ start }) => start <= to);
  }

  fetchAll(from: number, to: number, options: FetchAllOptions<K> = {}): SessionRow<K, V>[] {
    const rows = this.#rows.fetchAll(from, FOREVER).map(asSession);
    const begun = rows.filter(({ start }) => start <= to);
    return inOrder(ofKeys(begun, { ...options, of: this.#rows.name, key: this.#key }), options);
  }

  all(options?: FetchOptions): SessionRow<K, V>[] {
    return inOrder(this.#rows.all().map(asSession), options);
  }
}

function asWindow<K, V>({ key: { key, time }, value, timestamp }: Entry<TimedKey<K>, V>): WindowRow<K, V> {
  return { key, start: time, value, timestamp };
}

function asSession<K, V>({ key: { key, time, order }, value }: Entry<TimedKey<K>, V>): SessionRow<K, V> {
  return { key, start: order, end: time, value };
}

function inOrder<T>(rows: T[], { reverse = false }: FetchOptions = {}): T[] {
  return reverse ? rows.reverse() : rows;
}

function ofKeys<K, T extends { readonly key: K }>(
  rows: T[],
  { keys, of, key: { columns } }: FetchAllOptions<K> & { readonly of: string; readonly key: Serde<K> },
): T[] {
  if (keys === undefined) return rows;
  const bounds = rangeBounds(of, columns, keys);
  return rows.filter(({ key }) => isWithin(bounds, columns.write(key)));
}
