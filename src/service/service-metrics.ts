import { Counter, exponentialBuckets, Histogram, type Registry } from 'prom-client';

/** How an event ended: handled, put aside as a dead letter, or the end of the service. */
export type EventStatus = 'success' | 'dead_letter' | 'failed';

const COUNTER = 'kafka_messages_processed_total';
const HISTOGRAM = 'kafka_message_processing_time_seconds';

/** What a service counts. Services that share a registry share the metrics. */
export class ServiceMetrics {
  readonly #processed: Counter<'topic' | 'status'>;
  readonly #time: Histogram<'topic'>;

  constructor(registry: Registry) {
    const registers = [registry];
    // A registry gives metrics without their labels; these names are ours.
    this.#processed =
      (registry.getSingleMetric(COUNTER) as Counter<'topic' | 'status'> | undefined) ??
      new Counter({ name: COUNTER, help: 'Events by how they ended', labelNames: ['topic', 'status'], registers });
    this.#time =
      (registry.getSingleMetric(HISTOGRAM) as Histogram<'topic'> | undefined) ??
      new Histogram({
        name: HISTOGRAM,
        help: 'Time from handing an event over to its end, retries included',
        labelNames: ['topic'],
        buckets: exponentialBuckets(0.001, 2, 15),
        registers,
      });
  }

  /** Events of one batch share its time. */
  ended(topic: string, status: EventStatus, { count, seconds }: { count: number; seconds: number }): void {
    this.#processed.inc({ topic, status }, count);
    for (let event = 0; event < count; event++) this.#time.observe({ topic }, seconds);
  }
}
