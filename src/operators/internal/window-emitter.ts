import type { Windowed } from '../../serde/windowed.ts';
import type { KeyIdentity } from '../../state/key-identity.ts';
import { HeldChanges, type RowFailed } from '../../topology/held-changes.ts';
import type { Hub } from '../../topology/hub.ts';
import type { TableChange } from '../../topology/records.ts';
import type { WindowUpdate } from './window-fold.ts';

/** How the rows of windows come out: each change at once, the last one at a commit, or the last one of all. */
export type WindowEmission = 'update' | 'commit' | 'windowClose';

export class WindowEmitter<K, A> {
  readonly #hub: Hub<TableChange<Windowed<K>, A>>;
  readonly #mode: WindowEmission;
  readonly #held: HeldChanges<Windowed<K>, A>;

  constructor(
    hub: Hub<TableChange<Windowed<K>, A>>,
    mode: WindowEmission,
    identity: (key: Windowed<K>) => KeyIdentity,
    failed: RowFailed,
  ) {
    this.#hub = hub;
    this.#mode = mode;
    this.#held = new HeldChanges(hub, identity, failed);
  }

  /** Whether changes wait for the next commit. */
  get holdsBack(): boolean {
    return this.#mode === 'commit';
  }

  /** Whether only closed windows come out. */
  get emitsClosed(): boolean {
    return this.#mode === 'windowClose';
  }

  /** A row of a window that may still change. */
  update(key: K, start: number, end: number, { value, oldValue, claimed, timestamp, headers }: WindowUpdate<A>): void {
    if (this.#mode === 'windowClose') return;
    const window = { key, start, end };
    if (this.#mode === 'update') this.#hub.emit({ key: window, value, oldValue, claimed, timestamp, headers });
    else this.#held.hold(window, { value, oldValue, claimed, timestamp, headers });
  }

  /** The last row of a window. */
  close(window: Windowed<K>, { value, oldValue, claimed, timestamp, headers }: WindowUpdate<A>): void {
    this.#hub.emit({ key: window, value, oldValue, claimed, timestamp, headers });
  }

  /** How many changes are held back. */
  get held(): number {
    return this.#held.size;
  }

  flush(): void {
    this.#held.flush();
  }
}
