import type { SqlValue } from '../serde/serde.ts';
import { identityOfColumns, type KeyIdentity } from './key-identity.ts';
import { compareKeys, compareValues } from './key-order.ts';
import { isWithin, type RangeBounds } from './range-bounds.ts';
import type { Slot } from './slot.ts';
import type { KeyedChange } from './sorted-changes.ts';
import { type Place, UnwrittenOrder } from './unwritten-order.ts';

/**
 * The same as `UnwrittenOrder`, for keys of several columns, of which mostly those with one first column are asked for:
 * the subscriptions of a foreign key, the parts of a whole. To add one then takes no search among all of them.
 */
export class UnwrittenGroups<K, V> {
  readonly #groups = new Map<KeyIdentity, Place<K, V>[]>();
  /** Of all groups; made when a range first goes beyond one. */
  #order: UnwrittenOrder<K, V> | undefined;

  /** Of keys in any order, no two alike. */
  constructor(places: readonly Place<K, V>[]) {
    for (const place of places) this.#put(place);
  }

  /** Adds a key that is not there. */
  add(columns: readonly SqlValue[], slot: Slot<K, V>): void {
    this.#put({ columns, slot });
    this.#order?.add(columns, slot);
  }

  /** The newest changes within bounds, in key order. */
  within(bounds: RangeBounds): KeyedChange<K, V>[] {
    const first = onlyFirst(bounds);
    if (first === undefined) {
      this.#order ??= new UnwrittenOrder([...this.#groups.values()].flat());
      return this.#order.within(bounds);
    }
    const group = this.#groups.get(identityOfColumns([first])) ?? [];
    // It was in order when it was last asked for: then only what has come since is moved.
    group.sort((a, b) => compareKeys(a.columns, b.columns));
    const found: KeyedChange<K, V>[] = [];
    for (const { columns, slot } of group) if (isWithin(bounds, columns)) found.push({ columns, change: slot.change });
    return found;
  }

  #put(place: Place<K, V>): void {
    const id = identityOfColumns([place.columns[0] ?? null]);
    const group = this.#groups.get(id);
    if (group === undefined) this.#groups.set(id, [place]);
    else group.push(place);
  }
}

/** The first column of all keys within bounds; undefined where it may be one or another. */
function onlyFirst({ from, to }: RangeBounds): SqlValue | undefined {
  const [first] = from ?? [];
  const [last] = to ?? [];
  if (first === undefined || last === undefined) return undefined;
  return typeof first === typeof last && compareValues(first, last) === 0 ? first : undefined;
}
