import { Registry as MetricsRegistry } from 'prom-client';
import { failure } from '../errors.ts';
import type { Log } from '../log/port.ts';
import type { Registry } from '../serde/registry/registry.ts';
import { DeadLetters } from './dead-letters.ts';
import { EventService } from './event-service.ts';
import type { BatchHandler, EventOf, Handler } from './events.ts';
import type { AnyEvent } from './lane.ts';
import { defaultRetry, type RetryOptions, type Timing } from './retry.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { systemTiming } from './system-timing.ts';
import { openTopics, type Topics } from './topic-codecs.ts';

interface CommonOptions<T extends Topics> {
  readonly log: Log;
  readonly registry: Registry;
  /** Services of one group share the events of their topics. */
  readonly group: string;
  /** The topics to read, and how. */
  readonly topics: T;
  readonly retry?: RetryOptions;
  /**
   * Where records go that cannot be read, or whose retries are used up: the same bytes, with the cause in headers. Made if
   * it is missing. Without it such a record ends the service.
   */
  readonly deadLetterTopic?: string;
  /** Where a group begins that has never read. Default `earliest`. */
  readonly from?: 'earliest' | 'latest';
  /** How often the offsets of handled events are committed, ms. Default 500. */
  readonly commitIntervalMs?: number;
  /** Gets `kafka_messages_processed_total` and `kafka_message_processing_time_seconds`. */
  readonly metrics?: MetricsRegistry;
  /** For tests. */
  readonly timing?: Timing;
}

/** Events are handled one by one. */
export interface SingleHandling<T extends Topics> extends CommonOptions<T> {
  readonly handler: Handler<EventOf<T>>;
}

/** Events of a partition are handled some at a time. */
export interface BatchHandling<T extends Topics> extends CommonOptions<T> {
  readonly batchHandler: BatchHandler<EventOf<T>>;
  /** Most events of one call. Default 100. */
  readonly batchSize?: number;
}

export type HandleEventsOptions<T extends Topics> = SingleHandling<T> | BatchHandling<T>;

/** A service that reacts to events. */
export interface HandlingService {
  /** Resolves when the service was stopped, rejects with the reason if it failed. */
  readonly finished: Promise<void>;
  /** Lets the handlers that run come to their end, commits and leaves the group. */
  stop(): Promise<void>;
}

/**
 * Calls a handler with the events of some topics: each at least once, those of one partition in order. A handler that
 * throws is called again, with exponential backoff and jitter, for at most five minutes; then the record goes to the
 * dead-letter topic, or ends the service. A batch whose retries are used up is tried event by event, so that only those
 * at fault are put aside. Throws TOPIC_UNKNOWN, SETTING_INVALID, REGISTRY_UNREACHABLE; `finished` rejects with
 * HANDLER_FAILED or EVENT_UNREADABLE, which name topic, partition and offset.
 *
 * @example
 * const service = await handleEvents({
 *   log,
 *   registry,
 *   group: 'mailer',
 *   deadLetterTopic: 'mailer-dead-letters',
 *   topics: { orders: { key: string(), value: avro(Order) } },
 *   handler: async ({ key, value }) => sendMail(value.user_id, `Order ${key}: ${value.total_cents}`),
 * });
 * stopOnSignals(service);
 * await service.finished;
 */
export async function handleEvents<const T extends Topics>(options: HandleEventsOptions<T>): Promise<HandlingService> {
  const { log, registry, group, topics, deadLetterTopic, timing = systemTiming } = options;
  const { from = 'earliest', commitIntervalMs = 500, metrics = new MetricsRegistry() } = options;
  const serviceMetrics = new ServiceMetrics(metrics);
  requireTopics(topics);
  return EventService.start({
    log,
    group,
    from,
    commitIntervalMs,
    timing,
    topics: await openTopics(topics, { log, registry, register: false }),
    deadLetters: deadLetterTopic === undefined ? undefined : await DeadLetters.open(deadLetterTopic, log),
    lane: {
      ...handlerOf(options),
      retry: { ...defaultRetry, ...options.retry },
      ended: (topic, status, of) => serviceMetrics.ended(topic, status, of),
    },
  });
}

function handlerOf<T extends Topics>(
  options: HandleEventsOptions<T>,
): { handler: BatchHandler<AnyEvent>; batchSize: number } {
  // The lanes decode with the very serdes that the events' types come from.
  if ('batchHandler' in options) {
    const { batchHandler, batchSize = 100 } = options;
    return { handler: batchHandler as BatchHandler<unknown>, batchSize: wholeFrom1('batchSize', batchSize) };
  }
  const handler = options.handler as Handler<unknown>;
  return { batchSize: 1, handler: ([event], context) => handler(event, context) };
}

function requireTopics(topics: Topics): void {
  if (Object.keys(topics).length > 0) return;
  throw failure('SETTING_INVALID', { problems: 'topics is empty, but there must be at least one to read' });
}

function wholeFrom1(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw failure('SETTING_INVALID', { problems: `${name} is ${value}, but must be a whole number from 1` });
}
