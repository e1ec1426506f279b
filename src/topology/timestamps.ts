import { failure } from '../errors.ts';
import type { StreamRecord } from './records.ts';

/**
 * Where a record whose time is asked for stands.
 *
 * @see `TimestampExtractor`
 */
export interface ExtractionPoint {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The largest time taken from this partition so far; -1 before the first. */
  readonly partitionTime: number;
  /** The clock on the wall, ms since 1970. */
  readonly systemTime: number;
}

/**
 * Gives the event time of a record, ms since 1970. `record.timestamp` is the log's. A negative result leaves the record
 * out, which is counted; an error is handled as `deserializationErrors` says.
 *
 * @example
 * const byValue: TimestampExtractor<string, number> = ({ value }) => value;
 * flow.stream('ticks', { key: string(), value: integer(), timestampExtractor: byValue }).pipe(to('timed'));
 * // in  ticks a=500@1 a=-1@2
 * // out timed a=500@500
 * // dropped 1
 */
export type TimestampExtractor<K = unknown, V = unknown> = (record: StreamRecord<K, V>, at: ExtractionPoint) => number;

/**
 * The log's timestamp; one that is negative stops the worker, whatever the settings say: TIMESTAMP_INVALID. The default.
 *
 * @example
 * flow.stream('ticks', { key: string(), value: integer(), timestampExtractor: failOnInvalidTimestamp }).pipe(to('timed'));
 * // in  ticks a=1@5
 * // out timed a=1@5
 */
export const failOnInvalidTimestamp: TimestampExtractor = ({ timestamp }, { topic, partition, offset }) => {
  if (timestamp < 0) throw failure('TIMESTAMP_INVALID', { topic, partition, offset, timestamp });
  return timestamp;
};

/**
 * The log's timestamp; a record where it is negative is left out and counted.
 *
 * @example
 * flow.stream('ticks', { key: string(), value: integer(), timestampExtractor: logAndSkipOnInvalidTimestamp }).pipe(to('timed'));
 * // in  ticks a=1@-1 a=2@5
 * // out timed a=2@5
 * // dropped 1
 */
export const logAndSkipOnInvalidTimestamp: TimestampExtractor = ({ timestamp }) => timestamp;

/**
 * The log's timestamp; where it is negative, the time that the partition has come to. Without any, the worker
 * stops: TIMESTAMP_INVALID.
 *
 * @example
 * flow.stream('ticks', { key: string(), value: integer(), timestampExtractor: usePartitionTimeOnInvalidTimestamp }).pipe(to('timed'));
 * // in  ticks a=1@5 a=2@-1
 * // out timed a=1@5 a=2@5
 */
export const usePartitionTimeOnInvalidTimestamp: TimestampExtractor = (record, at) => {
  if (record.timestamp >= 0) return record.timestamp;
  if (at.partitionTime >= 0) return at.partitionTime;
  const { topic, partition, offset } = at;
  throw failure('TIMESTAMP_INVALID', { topic, partition, offset, timestamp: record.timestamp });
};

/**
 * The time at which the record is processed, whatever the log says. In the test driver that clock stands at 0 until it is
 * moved.
 *
 * @example
 * flow.stream('ticks', { key: string(), value: integer(), timestampExtractor: wallclockTimestamp }).pipe(to('timed'));
 * // in  ticks a=1@5
 * // out timed a=1@0
 */
export const wallclockTimestamp: TimestampExtractor = (_, { systemTime }) => systemTime;
