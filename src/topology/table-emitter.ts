import type { Headers } from '../log/port.ts';
import type { KeyIdentity } from '../state/key-identity.ts';
import type { KeyValueStore } from '../state/store.ts';
import type { Hub } from './hub.ts';
import type { TableChange } from './records.ts';

/** Changes held back at most, so that memory stays bounded however long a commit takes. */
const MAX_PENDING = 50_000;

interface Pending<K, V> {
  readonly key: K;
  readonly oldValue: V | null;
  value: V | null;
  timestamp: number;
  headers: Headers;
}

/**
 * Writes the rows of a table and passes its changes on: each at once (`update`), or at the commit the last one of each
 * key, with the value of the commit before as its old value (Kafka Streams' record cache does the same).
 */
export class TableEmitter<K, V> {
  readonly #store: KeyValueStore<K, V>;
  readonly #hub: Hub<TableChange<K, V>>;
  readonly #mode: 'update' | 'commit';
  readonly #identity: (key: K) => KeyIdentity;
  #pending = new Map<KeyIdentity, Pending<K, V>>();

  constructor(options: {
    store: KeyValueStore<K, V>;
    hub: Hub<TableChange<K, V>>;
    mode: 'update' | 'commit';
    identity: (key: K) => KeyIdentity;
  }) {
    this.#store = options.store;
    this.#hub = options.hub;
    this.#mode = options.mode;
    this.#identity = options.identity;
  }

  put(key: K, value: V | null, timestamp: number, headers: Headers): void {
    const oldValue = this.#store.get(key)?.value ?? null;
    this.replace(key, { value, oldValue, timestamp, headers });
  }

  /** As `put`, for who has read the old value already. */
  replace(key: K, change: Omit<TableChange<K, V>, 'key'>): void {
    const { value, oldValue, timestamp, headers } = change;
    this.#store.put(key, value, timestamp);
    if (this.#mode === 'update') this.#hub.emit({ key, value, oldValue, timestamp, headers });
    else this.#hold(key, change);
  }

  #hold(key: K, { value, oldValue, timestamp, headers }: Omit<TableChange<K, V>, 'key'>): void {
    const identity = this.#identity(key);
    const pending = this.#pending.get(identity);
    if (pending === undefined) {
      this.#pending.set(identity, { key, value, oldValue, timestamp, headers });
      if (this.#pending.size >= MAX_PENDING) this.flush();
    } else {
      pending.value = value;
      pending.timestamp = timestamp;
      pending.headers = headers;
    }
  }

  /** Passes on what was held back. A row that came and went in between is passed over. */
  flush(): void {
    if (this.#pending.size === 0) return;
    const pending = this.#pending;
    this.#pending = new Map();
    for (const change of pending.values()) {
      if (change.value !== null || change.oldValue !== null) this.#hub.emit(change);
    }
  }
}
