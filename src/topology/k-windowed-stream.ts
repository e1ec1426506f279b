import type { Windowed } from '../serde/windowed.ts';
import type { KGroupedStream } from './k-grouped.ts';
import type { KStream } from './k-stream.ts';
import { type Pipe, pipeSteps } from './pipe.ts';
import type { Windows } from './windows.ts';

/**
 * When results of windows come out, how long they can be queried, and what becomes of late records.
 *
 * @see `windowedBy`
 */
export interface WindowOptions<K, V> {
  /**
   * When results come out. `windowClose`: one for each window, when it takes no more records. `update`: one for each
   * record. Default: as the worker's setting `emit` says for all tables.
   */
  readonly emit?: 'windowClose' | 'update';
  /** How long rows can be queried after the newest one, ms. Default: as long as their windows may change. */
  readonly retention?: number;
  /**
   * Given the records that came too late, each once for each window that it missed, keyed by that window. Without it
   * they are dropped and counted.
   */
  late?(records: KStream<Windowed<K>, V>): void;
  /**
   * With `windowClose`: closes all windows when no record has come for so long by the clock on the wall, ms. Records for
   * them that come afterwards are late. The clock is looked at ten times in that while, and the look after a record begins
   * it; so a test moves the clock in several steps.
   */
  readonly closeAfterIdle?: number;
}

/**
 * A grouped stream whose groups are cut into windows. All that can follow is an aggregation.
 *
 * @see `windowedBy`
 */
export class KWindowedStream<K, V, W extends Windows = Windows> {
  readonly kind = 'windowed-stream';
  /** @internal */
  readonly grouped: KGroupedStream<K, V>;
  /** @internal */
  readonly windows: W;
  /** @internal */
  readonly options: WindowOptions<K, V>;
  // The overloads of Pipe say what a chain gives; no implementation can.
  readonly pipe = pipeSteps as Pipe<KWindowedStream<K, V, W>>;

  /** @internal */
  constructor(grouped: KGroupedStream<K, V>, windows: W, options: WindowOptions<K, V>) {
    this.grouped = grouped;
    this.windows = windows;
    this.options = options;
  }
}
