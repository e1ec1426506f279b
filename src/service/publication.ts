import type { Serde } from '../serde/serde.ts';

/** How an event becomes a record of a topic. */
export interface Publication<K, E> {
  readonly topic: string;
  readonly keySerde: Serde<K>;
  readonly serde: Serde<E>;
  /** Events of one key keep their order. */
  key(event: NoInfer<E>): NoInfer<K>;
  /** Event time, ms: the record's timestamp. */
  timestamp(event: NoInfer<E>): number;
}

/**
 * A publication, with the type of its events taken from its serdes.
 *
 * @example
 * const bought = publication({
 *   topic: 'purchases',
 *   keySerde: string(),
 *   serde: avro(Purchase),
 *   key: (purchase) => purchase.user_id,
 *   timestamp: () => Date.now(),
 * });
 * const publisher = await createPublisher({ log, registry, publications: [bought] });
 * await publisher.publish(bought, { user_id: 'ann', total_cents: 990 });
 */
export function publication<K, E>(of: Publication<K, E>): Publication<K, E> {
  return of;
}
