import type { Headers } from '../../log/port.ts';
import type { Serde } from '../../serde/serde.ts';
import type { Windowed } from '../../serde/windowed.ts';
import type { TimedStore } from '../../state/store.ts';
import type { KStream } from '../../topology/k-stream.ts';
import type { StreamRecord } from '../../topology/records.ts';
import type { WindowClock } from './window-clock.ts';
import type { WindowCloser } from './window-closer.ts';
import type { WindowEmitter } from './window-emitter.ts';

/** What an aggregation by windows makes of its records. Null is no row: it is what a reducer begins with. */
export interface WindowFold<K, A> {
  readonly kind: string;
  readonly name: string;
  readonly value: Serde<A>;
  readonly initial: (key: K) => A | null;
  /** Of sessions: the aggregate of two that become one, the earlier one first. */
  readonly merge?: (a: A | null, b: A, key: K) => A | null;
}

/** One stream of a fold, with what its values make of the aggregate. The value's type is closed over. */
export interface WindowInput<K> {
  readonly stream: KStream<K, unknown>;
  readonly add: (aggregate: unknown, value: unknown, key: K) => unknown;
}

/** What the algorithms see of the task, for one input. */
export interface LiveWindows<K, A> {
  readonly fold: WindowFold<K, A>;
  readonly add: (aggregate: A | null, value: unknown, key: K) => A | null;
  readonly store: TimedStore<K, A>;
  readonly clock: WindowClock;
  readonly closer: WindowCloser<K, A>;
  readonly emitter: WindowEmitter<K, A>;
  /** Whether results are to be as wrong as Kafka Streams' (`docs/compatibility.md`). */
  readonly compat: boolean;
  readonly drop: (reason: string) => void;
  /** A record missed a window. */
  readonly late: (record: StreamRecord<K, unknown>, window: Windowed<K>) => void;
}

/** A live aggregation: called with each record. */
export type WindowProcess<K> = (record: StreamRecord<K, unknown>) => void;

export interface WindowUpdate<A> {
  readonly value: A | null;
  readonly oldValue: A | null;
  /** See `TableChange`. */
  readonly claimed: A | null | undefined;
  readonly timestamp: number;
  readonly headers: Headers;
}
