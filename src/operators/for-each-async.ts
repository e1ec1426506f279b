import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import { type AsyncCall, type AsyncOptions, asyncStep } from './internal/async-step.ts';

/**
 * Calls an asynchronous function for each record; the stream ends here. As `mapAsync`: with bounded concurrency, further
 * attempts and dead letters; the offset of a record is not committed before its call has ended well. The calls end in any
 * order, and one may be made again after a crash.
 *
 * @example
 * alerts.pipe(forEachAsync('mail', (alert, key, { signal }) => mail(key, alert, signal), { retries: 5 }))
 */
export function forEachAsync<In extends KStream<unknown, unknown>>(
  name: string,
  fn: (value: ValueOf<In>, key: KeyOf<In>, call: AsyncCall<KeyOf<In>, ValueOf<In>>) => Promise<unknown>,
  options: AsyncOptions<KeyOf<In>, ValueOf<In>> = {},
): (source: In) => void {
  // Function and options are of this very source; TypeScript knows it as a KStream of unknown values only.
  const act = fn as (value: unknown, key: unknown, call: AsyncCall<unknown, unknown>) => Promise<unknown>;
  return (source) => {
    asyncStep<never>(source, {
      kind: 'forEachAsync',
      name,
      options: options as AsyncOptions<unknown, unknown>,
      call: (record, { attempt, signal }) => act(record.value, record.key, { record, attempt, signal }),
      result: () => undefined,
    });
  };
}
