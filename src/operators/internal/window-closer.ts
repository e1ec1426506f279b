import type { Headers } from '../../log/port.ts';
import type { Windowed } from '../../serde/windowed.ts';
import type { Entry, TimedKey, TimedStore } from '../../state/store.ts';
import { NO_HEADERS } from '../../topology/records.ts';
import type { WindowEmitter } from './window-emitter.ts';

/** How rows of a kind of window stand in their store. */
export interface WindowRows {
  /** The largest time (start, or end of a session) of which rows are closed at `time`. */
  closedAt(time: number): number;
  /** The first time at which a row is closed. */
  closesAt(rowTime: number): number;
  /** Adds what the row's key does not say. */
  window<K>(at: TimedKey<K>): Windowed<K>;
}

/** Up to which row time all windows have come out, inclusive. */
const CLOSED = 'closed';

/**
 * Lets the rows of closed windows out, once each, in the order of the store: by start, then key; sessions by end, start,
 * key. Where it stands is in the store, with the rows.
 */
export class WindowCloser<K, A> {
  readonly #store: TimedStore<K, A>;
  readonly #rows: WindowRows;
  readonly #emitter: WindowEmitter<K, A>;
  readonly #isOn: boolean;

  constructor(options: { store: TimedStore<K, A>; rows: WindowRows; emitter: WindowEmitter<K, A>; isOn: boolean }) {
    this.#store = options.store;
    this.#rows = options.rows;
    this.#emitter = options.emitter;
    this.#isOn = options.isOn;
  }

  /** The headers are those of the record that has brought the time there. */
  close(time: number, headers: Headers): void {
    if (!this.#isOn) return;
    const upTo = this.#rows.closedAt(time);
    const last = this.#store.mark(CLOSED) ?? -1;
    if (upTo <= last) return;
    const closed = this.#store.fetchAll(last + 1, upTo);
    this.#store.setMark(CLOSED, upTo);
    for (const row of closed) this.#emit(row, headers);
  }

  /** Lets all windows out, closed or not. Gives the time at which they would have closed; undefined: there were none. */
  closeAll(): number | undefined {
    const open = this.#store.fetchAll((this.#store.mark(CLOSED) ?? -1) + 1, Number.POSITIVE_INFINITY);
    const last = open.at(-1);
    if (last === undefined) return undefined;
    this.#store.setMark(CLOSED, last.key.time);
    for (const row of open) this.#emit(row, NO_HEADERS);
    return this.#rows.closesAt(last.key.time);
  }

  #emit({ key, value, timestamp }: Entry<TimedKey<K>, A>, headers: Headers): void {
    this.#emitter.close(this.#rows.window(key), { value, oldValue: null, claimed: undefined, timestamp, headers });
  }
}
