import { type Observable, Subject, Subscriber } from 'rxjs';
import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { StreamRecord } from '../topology/records.ts';
import { deriveStream } from './internal/derive.ts';

/** An error of the operators comes back to the record that caused it, instead of being reported when it is too late. */
class Result<T> extends Subscriber<T> {
  readonly #emit: (value: T) => void;

  constructor(emit: (value: T) => void) {
    super();
    this.#emit = emit;
  }

  override next(value: T): void {
    this.#emit(value);
  }

  override error(error: unknown): void {
    throw error;
  }
}

type AnyRecord = StreamRecord<unknown, unknown>;

export interface RxOptions {
  /**
   * Whether the operators remember something from one record to the next. True: they do, and it may be lost; false: they do
   * not, which nobody checks. Unsaid, they are taken to do so, and a worker with exactly-once refuses them.
   */
  readonly volatile?: boolean;
}

/**
 * Any stock RxJS operators as one step. They must hand on what they make of a record synchronously. What they remember
 * (a pair, a scan) is in memory only: after a restart or a move of the task it begins anew, which is not exactly-once, so
 * `volatile` says that this is meant. What must survive belongs in a store.
 *
 * The worker refuses to start exactly once where it is not said: STATE_VOLATILE.
 *
 * @example
 * import { map, pairwise } from 'rxjs';
 *
 * amounts.pipe(
 *   rx('steps', (records) => records.pipe(pairwise(), map(([a, b]) => ({ ...b, value: b.value - a.value }))), {
 *     volatile: true,
 *   }),
 *   to('steps', { key: string(), value: integer() }),
 * );
 * // in  amounts ann=5@1 ann=7@2
 * // out steps   ann=2@2
 */
export function rx<In, K2, V2>(
  name: string,
  operators: (records: Observable<StreamRecord<KeyOf<In>, ValueOf<In>>>) => Observable<StreamRecord<K2, V2>>,
  options?: RxOptions,
): (source: StreamFor<In, 'rx'>) => KStream<K2, V2>;
export function rx(
  name: string,
  operators: (records: Observable<AnyRecord>) => Observable<AnyRecord>,
  options: RxOptions = {},
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  const { volatile } = options;
  const state = volatile === false ? {} : { volatile: volatile === true ? ('accepted' as const) : ('unsaid' as const) };
  return (source) =>
    deriveStream<unknown, unknown, unknown, unknown>(
      source,
      { kind: 'rx', name, ...state, key: undefined, value: undefined, keyChanged: true },
      (emit) => {
        const records = new Subject<AnyRecord>();
        operators(records).subscribe(new Result(emit));
        return (record) => records.next(record);
      },
    );
}
