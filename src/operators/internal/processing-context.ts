import { NO_HEADERS } from '../../topology/records.ts';
import type { Punctuate, PunctuationType, Punctuator, TaskScope } from '../../topology/task-scope.ts';

/** What a processor may use, whatever it forwards. Each of them may be taken out of the context by its name. */
export interface ProcessingContext<Stores> {
  /** The connected stores by their names. */
  readonly stores: Stores;
  /** The largest timestamp that the task has taken from its inputs; -1 before the first. */
  readonly currentStreamTimeMs: () => number;
  /** The clock on the wall, ms since 1970. */
  readonly currentSystemTimeMs: () => number;
  /**
   * Calls `punctuate` every `everyMs`, by stream time (first after the first record) or by the wall clock (first after
   * `everyMs`), with the present time. A jump over several turns is one call.
   */
  readonly schedule: (type: PunctuationType, everyMs: number, punctuate: Punctuate) => Punctuator;
}

/** What a processor is at: a record, or a punctuation. */
export class Moment {
  timestamp = -1;
  headers = NO_HEADERS;
}

/** The part that all processors have. `at` follows its punctuations. */
export function processingContext<Stores>(scope: TaskScope, at: Moment, stores: Stores): ProcessingContext<Stores> {
  return {
    stores,
    currentStreamTimeMs: () => scope.streamTime,
    currentSystemTimeMs: () => scope.systemTime,
    schedule: (type, everyMs, punctuate) =>
      scope.schedule(type, everyMs, (timestamp) => {
        at.timestamp = timestamp;
        at.headers = NO_HEADERS;
        punctuate(timestamp);
      }),
  };
}
