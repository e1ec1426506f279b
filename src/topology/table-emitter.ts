import type { Headers } from '../log/port.ts';
import type { ExpiringStore } from '../state/expiring-store.ts';
import type { KeyIdentity } from '../state/key-identity.ts';
import type { KeyValueStore, Row } from '../state/store.ts';
import { HeldChanges, type RowFailed } from './held-changes.ts';
import type { Hub } from './hub.ts';
import { NO_HEADERS, type TableChange } from './records.ts';

/**
 * Writes the rows of a table and passes its changes on: each at once (`update`), or at the commit the last one of each
 * key, with the value of the commit before as its old value (Kafka Streams' record cache does the same).
 */
export class TableEmitter<K, V> {
  readonly #store: KeyValueStore<K, V>;
  readonly #hub: Hub<TableChange<K, V>>;
  readonly #mode: 'update' | 'commit';
  readonly #held: HeldChanges<K, V>;
  readonly #failed: RowFailed;
  readonly #expiring: ExpiringStore<K, V> | undefined;

  constructor(options: {
    store: KeyValueStore<K, V>;
    /** Where the rows have a time to live: the same store, written in its way. */
    expiring?: ExpiringStore<K, V> | undefined;
    hub: Hub<TableChange<K, V>>;
    mode: 'update' | 'commit';
    identity: (key: K) => KeyIdentity;
    failed: RowFailed;
  }) {
    this.#store = options.store;
    this.#expiring = options.expiring;
    this.#hub = options.hub;
    this.#mode = options.mode;
    this.#failed = options.failed;
    this.#held = new HeldChanges(options.hub, options.identity, options.failed);
  }

  put(key: K, value: V | null, timestamp: number, headers: Headers): void {
    const oldValue = this.#store.get(key)?.value ?? null;
    this.replace(key, { value, oldValue, timestamp, headers });
  }

  /** As `put`, for who has read the old value already. A row that has ended already changes nothing. */
  replace(key: K, change: Omit<TableChange<K, V>, 'key'>): void {
    const { value, oldValue, claimed, timestamp, headers } = change;
    if (this.#expiring === undefined) this.#store.put(key, value, timestamp);
    else if (!this.#expiring.put(key, value, timestamp)) return;
    if (this.#mode === 'update') this.#hub.emit({ key, value, oldValue, claimed, timestamp, headers });
    else this.#held.hold(key, change);
  }

  /** Deletes a row whose time to live is over. A step behind it that fails does so at this row, at no record. */
  expire(key: K, { value: oldValue }: Row<V>, timestamp: number): void {
    try {
      this.replace(key, { value: null, oldValue, timestamp, headers: NO_HEADERS });
    } catch (error) {
      this.#failed(error, { key, value: null, timestamp });
    }
  }

  /** How many changes are held back. */
  get held(): number {
    return this.#held.size;
  }

  /** Passes on what was held back. */
  flush(): void {
    this.#held.flush();
  }
}
