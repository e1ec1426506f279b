import { failure, type MillraceError } from '../errors.ts';
import type { Log } from '../log/port.ts';
import type { WorkerMetrics } from './metrics.ts';

export interface LogContactOptions {
  readonly log: Pick<Log, 'kind' | 'silence'>;
  /** Silence that is shorter is nothing to speak of. */
  readonly timeoutMs: number;
  readonly notify: (text: string) => void;
  readonly metrics?: Pick<WorkerMetrics, 'silent'>;
}

const LOOK_MS = 500;

/** Watches whether the log answers: says so once when it does not, and once when it does again. */
export class LogContact {
  readonly #options: LogContactOptions;
  #timer: NodeJS.Timeout | undefined;
  #silence: MillraceError | null = null;
  #longestMs = 0;

  constructor(options: LogContactOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** LOG_SILENT while the log has not answered for longer than is usual. */
  get silence(): MillraceError | null {
    return this.#silence;
  }

  look(): void {
    const { log, timeoutMs, notify, metrics } = this.#options;
    const now = log.silence();
    const forMs = now?.forMs ?? 0;
    metrics?.silent(forMs);
    const was = this.#silence;
    const name = log.kind === 'kafka' ? 'Kafka' : 'The log';
    this.#silence = now !== null && forMs >= timeoutMs ? silent(name, now) : null;
    if (was === null && this.#silence !== null) notify(this.#silence.message);
    if (was !== null && this.#silence === null) notify(`${name} answers again, after ${seconds(this.#longestMs)} s.`);
    this.#longestMs = forMs;
  }
}

function silent(log: string, { forMs, reason }: { forMs: number; reason: string }): MillraceError {
  return failure('LOG_SILENT', { log, seconds: seconds(forMs), reason });
}

const seconds = (ms: number): number => Math.round(ms / 1000);
