import { Counter, Gauge, Registry } from 'prom-client';

/** What a worker counts, for Prometheus. One registry a worker: nothing is global. */
export class WorkerMetrics {
  readonly registry = new Registry();
  readonly processed = this.#counter('millrace_records_processed_total', 'Records taken through the topology', []);
  readonly dropped = this.#counter('millrace_records_dropped_total', 'Records that an operator left out by its rules', [
    'operator',
    'reason',
  ]);
  readonly rejected = this.#counter('millrace_records_rejected_total', 'Records skipped or dead-lettered', [
    'stage',
    'outcome',
    'topic',
  ]);
  readonly commits = this.#counter('millrace_commits_total', 'Transactions committed', []);
  readonly recoveries = this.#counter(
    'millrace_recoveries_total',
    'Times the work since the last commit was dropped',
    [],
  );
  readonly restored = this.#counter('millrace_records_restored_total', 'Changelog records read back', []);
  readonly tasks = this.#gauge('millrace_tasks', 'Tasks that run here');
  readonly lag = this.#gauge('millrace_lag_records', 'Records in the log that are not processed, as last seen');

  #counter<T extends string>(name: string, help: string, labelNames: T[]): Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
