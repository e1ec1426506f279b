import type { Headers } from '../log/port.ts';

/**
 * What flows through a stream. Operators never change a record; they make a new one.
 *
 * @example
 * clicks.pipe(forEach((_page, _user, record: StreamRecord<string, string>) => logger.info(record.timestamp)));
 */
export interface StreamRecord<K, V> {
  readonly key: K;
  readonly value: V;
  /** Event time, ms since 1970. */
  readonly timestamp: number;
  readonly headers: Headers;
}

/**
 * What flows through a table: a row's new and old value; null where there is no row.
 *
 * @example
 * prices.subscribe(({ key, value, oldValue }: TableChange<string, number>) => logger.info({ key, value, oldValue }));
 */
export interface TableChange<K, V> {
  readonly key: K;
  readonly value: V | null;
  readonly oldValue: V | null;
  /**
   * What Kafka Streams gives as the old value of a row that was not there (the initial value of an aggregate), if it does
   * so. A filter that lets it through passes on a tombstone, as there; nobody else minds it. @internal
   */
  readonly claimed?: V | null | undefined;
  /** Event time of the row, ms since 1970. */
  readonly timestamp: number;
  /** Of the record that caused the change. */
  readonly headers: Headers;
  /** Of a versioned table: the row is older than one that its key has, so it is no news to who knows the newest only. */
  readonly outOfOrder?: true;
}

export const NO_HEADERS: Headers = [];
