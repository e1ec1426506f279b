import type { Serde } from '../serde/serde.ts';

/**
 * How an event becomes a record of a topic.
 *
 * @see `publication`
 */
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
 * const paid = publication({
 *   topic: 'payments',
 *   keySerde: string(),
 *   serde: avro(Payment),
 *   key: () => 'o1',
 *   timestamp: () => Date.now(),
 * });
 * const publisher = await createPublisher({ log, registry, publications: [paid] });
 * await publisher.publish(paid, { amount_cents: 990 });
 */
export function publication<K, E>(of: Publication<K, E>): Publication<K, E> {
  return of;
}
