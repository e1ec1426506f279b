import { Counter, Gauge, Registry } from 'prom-client';

/**
 * What a worker counts, for Prometheus. Workers of several applications may share a registry: each has its own
 * `application` label. Nothing is global.
 */
export class WorkerMetrics {
  readonly registry: Registry;
  readonly #application: string;

  constructor(application: string, registry = new Registry()) {
    this.#application = application;
    this.registry = registry;
  }

  /** Records taken through the topology. */
  processed(count: number): void {
    this.#count('millrace_records_processed_total', 'Records taken through the topology', {}, count);
  }

  /** A record that an operator left out by its rules. */
  dropped(operator: string, reason: string): void {
    this.#count('millrace_records_dropped_total', 'Records that an operator left out by its rules', {
      operator,
      reason,
    });
  }

  /** A record that was skipped or became a dead letter. */
  rejected(stage: string, outcome: string, topic: string): void {
    this.#count('millrace_records_rejected_total', 'Records skipped or dead-lettered', { stage, outcome, topic });
  }

  committed(): void {
    this.#count('millrace_commits_total', 'Transactions committed', {});
  }

  recovered(): void {
    this.#count('millrace_recoveries_total', 'Times the work since the last commit was dropped', {});
  }

  /** Changelog records read back. */
  restored(count: number): void {
    this.#count('millrace_records_restored_total', 'Changelog records read back', {}, count);
  }

  /** A committed offset behind which the log had deleted records, so that the source's reset applied. */
  reset(topic: string): void {
    this.#count('millrace_offset_resets_total', 'Offsets whose records the log had deleted', { topic });
  }

  /** Tasks that run here. */
  tasks(count: number): void {
    this.#set('millrace_tasks', 'Tasks that run here', count);
  }

  /** Records in the log that are not processed, as last seen. */
  lag(records: number): void {
    this.#set('millrace_lag_records', 'Records in the log that are not processed, as last seen', records);
  }

  /** How long the log has not answered; what is just on its way is nothing. */
  silent(ms: number): void {
    this.#set(
      'millrace_log_silent_seconds',
      'Whole seconds since the log has stopped to answer',
      Math.floor(ms / 1000),
    );
  }

  #count(name: string, help: string, labels: Record<string, string>, by = 1): void {
    const metric =
      this.registry.getSingleMetric(name) ??
      new Counter({ name, help, labelNames: ['application', ...Object.keys(labels)], registers: [this.registry] });
    if (metric instanceof Counter) metric.inc({ application: this.#application, ...labels }, by);
  }

  #set(name: string, help: string, value: number): void {
    const metric =
      this.registry.getSingleMetric(name) ??
      new Gauge({ name, help, labelNames: ['application'], registers: [this.registry] });
    if (metric instanceof Gauge) metric.set({ application: this.#application }, value);
  }
}
