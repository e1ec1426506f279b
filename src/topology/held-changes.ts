import type { Headers } from '../log/port.ts';
import type { KeyIdentity } from '../state/key-identity.ts';
import type { Hub } from './hub.ts';
import type { TableChange } from './records.ts';

/** Told of a row behind which a step has failed; throws where that ends the worker. */
export type RowFailed = (
  error: unknown,
  row: { readonly key: unknown; readonly value: unknown; readonly timestamp: number },
) => void;

interface Held<K, V> {
  readonly key: K;
  readonly oldValue: V | null;
  readonly claimed: V | null | undefined;
  value: V | null;
  timestamp: number;
  headers: Headers;
}

/**
 * Holds back the changes of a table until the task commits: then the last one of each key comes out, with the value of
 * the commit before as its old value. Kafka Streams' record cache does the same.
 */
export class HeldChanges<K, V> {
  readonly #hub: Hub<TableChange<K, V>>;
  readonly #identity: (key: K) => KeyIdentity;
  readonly #failed: RowFailed;
  #held = new Map<KeyIdentity, Held<K, V>>();

  constructor(hub: Hub<TableChange<K, V>>, identity: (key: K) => KeyIdentity, failed: RowFailed) {
    this.#hub = hub;
    this.#identity = identity;
    this.#failed = failed;
  }

  /** How many changes are held back: the task commits early where that is much. */
  get size(): number {
    return this.#held.size;
  }

  hold(key: K, { value, oldValue, claimed, timestamp, headers }: Omit<TableChange<K, V>, 'key'>): void {
    const identity = this.#identity(key);
    const held = this.#held.get(identity);
    if (held === undefined) {
      this.#held.set(identity, { key, value, oldValue, claimed, timestamp, headers });
    } else {
      held.value = value;
      held.timestamp = timestamp;
      held.headers = headers;
    }
  }

  /** Passes on what was held back. A row that came and went in between is passed over; one that fails, as settings say. */
  flush(): void {
    if (this.#held.size === 0) return;
    const held = this.#held;
    this.#held = new Map();
    for (const change of held.values()) {
      if (change.value === null && change.oldValue === null) continue;
      try {
        this.#hub.emit(change);
      } catch (error) {
        this.#failed(error, change);
      }
    }
  }
}
