/** Stores with times as users know them: windows by their start, sessions by start and end. */
import type { Entry, ReadOnlyTimedStore, TimedKey } from '../state/store.ts';

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
  /** As `fetch`, of all keys, by start, then key. */
  fetchAll(from: number, to: number, options?: FetchOptions): readonly WindowRow<K, V>[];
  /** All rows by key, then start. */
  all(): readonly WindowRow<K, V>[];
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
  /** As `fetch`, of all keys, by end, then start, then key. */
  fetchAll(from: number, to: number, options?: FetchOptions): readonly SessionRow<K, V>[];
  /** All sessions by key, then end, then start. */
  all(): readonly SessionRow<K, V>[];
}

const FOREVER = Number.MAX_SAFE_INTEGER;

/** A timed store of windows. */
export class WindowView<K, V> implements ReadOnlyWindowStore<K, V> {
  readonly #rows: ReadOnlyTimedStore<K, V>;

  constructor(rows: ReadOnlyTimedStore<K, V>) {
    this.#rows = rows;
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

  fetchAll(from: number, to: number, options?: FetchOptions): WindowRow<K, V>[] {
    return inOrder(this.#rows.fetchAll(from, to).map(asWindow), options);
  }

  all(): WindowRow<K, V>[] {
    return this.#rows.all().map(asWindow);
  }
}

/** A timed store of sessions. */
export class SessionView<K, V> implements ReadOnlySessionStore<K, V> {
  readonly #rows: ReadOnlyTimedStore<K, V>;

  constructor(rows: ReadOnlyTimedStore<K, V>) {
    this.#rows = rows;
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

  fetchAll(from: number, to: number, options?: FetchOptions): SessionRow<K, V>[] {
    const rows = this.#rows.fetchAll(from, FOREVER).map(asSession);
    return inOrder(
      rows.filter(({ start }) => start <= to),
      options,
    );
  }

  all(): SessionRow<K, V>[] {
    return this.#rows.all().map(asSession);
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
