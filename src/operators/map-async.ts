import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import { type AsyncCall, type AsyncOptions, asyncStep } from './internal/async-step.ts';

/**
 * Replaces each value by what an asynchronous function makes of it: a look-up over HTTP, a call of a model. Up to
 * `concurrency` calls are under way at once; the results keep the order of the records, their keys, timestamps and headers.
 *
 * Each record has one result under exactly-once, also after a crash: its offset is not committed before its result is.
 * The function itself may be called again for a record, so what it does outside should be harmless twice. Where something
 * that counts lies between the input topic and this step (a store, an output, another such step), the step reads from an
 * internal topic of its name.
 *
 * Stops the worker with ASYNC_FAILED when the attempts are used up, unless `onError` says otherwise; an attempt that takes
 * too long is one that failed (ASYNC_TIMED_OUT). Throws OPTION_INVALID.
 *
 * @example
 * clicks.pipe(
 *   mapAsync('names', async (page, user, { signal }) => `${(await lookUp(user, signal)).name} at ${page}`),
 *   to('named-clicks', { value: string() }),
 * );
 * // in  clicks       ann=home@1 bob=tea@2
 * // out named-clicks ann=ANN at home@1 bob=BOB at tea@2
 */
export function mapAsync<In, R>(
  name: string,
  fn: (value: ValueOf<In>, key: KeyOf<In>, call: AsyncCall<KeyOf<In>, ValueOf<In>>) => Promise<R>,
  options?: AsyncOptions<KeyOf<In>, ValueOf<In>>,
): (source: StreamFor<In, 'mapAsync'>) => KStream<KeyOf<In>, R>;
export function mapAsync(
  name: string,
  map: (value: unknown, key: unknown, call: AsyncCall<unknown, unknown>) => Promise<unknown>,
  options: AsyncOptions<unknown, unknown> = {},
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) =>
    asyncStep<unknown>(source, {
      kind: 'mapAsync',
      name,
      options,
      call: (record, { attempt, signal }) => map(record.value, record.key, { record, attempt, signal }),
      result: (value, { key, timestamp, headers }) => ({ key, value, timestamp, headers }),
    });
}
