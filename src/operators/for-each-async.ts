import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import { type AsyncCall, type AsyncOptions, asyncStep } from './internal/async-step.ts';

/**
 * Calls an asynchronous function for each record; the stream ends here. As `mapAsync`: with bounded concurrency, further
 * attempts and dead letters; the offset of a record is not committed before its call has ended well. The calls end in any
 * order, and one may be made again after a crash.
 *
 * Stops the worker with ASYNC_FAILED when the attempts are used up, unless `onError` says otherwise; an attempt that takes
 * too long is one that failed (ASYNC_TIMED_OUT). Throws OPTION_INVALID.
 *
 * @example
 * clicks.pipe(forEachAsync('greet', (page, user) => sendMail(user, `You were at ${page}`), { retries: 5 }));
 */
export function forEachAsync<In>(
  name: string,
  fn: (value: ValueOf<In>, key: KeyOf<In>, call: AsyncCall<KeyOf<In>, ValueOf<In>>) => Promise<unknown>,
  options?: AsyncOptions<KeyOf<In>, ValueOf<In>>,
): (source: StreamFor<In, 'forEachAsync'>) => void;
export function forEachAsync(
  name: string,
  act: (value: unknown, key: unknown, call: AsyncCall<unknown, unknown>) => Promise<unknown>,
  options: AsyncOptions<unknown, unknown> = {},
): (source: KStream<unknown, unknown>) => void {
  return (source) => {
    asyncStep<never>(source, {
      kind: 'forEachAsync',
      name,
      options,
      call: (record, { attempt, signal }) => act(record.value, record.key, { record, attempt, signal }),
      result: () => undefined,
    });
  };
}
