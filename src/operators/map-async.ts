import type { KeyOf, ValueOf, WithValue } from '../topology/k-grouped.ts';
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
 * @example
 * orders.pipe(mapAsync('customers', async (order, _, { signal }) => ({ ...order, customer: await look(order.user_id, signal) })))
 */
export function mapAsync<In extends KStream<unknown, unknown>, R>(
  name: string,
  fn: (value: ValueOf<In>, key: KeyOf<In>, call: AsyncCall<KeyOf<In>, ValueOf<In>>) => Promise<R>,
  options: AsyncOptions<KeyOf<In>, ValueOf<In>> = {},
): (source: In) => WithValue<In, R> {
  // Function and options are of this very source; TypeScript knows it as a KStream of unknown values only.
  const map = fn as (value: unknown, key: unknown, call: AsyncCall<unknown, unknown>) => Promise<R>;
  return (source) =>
    asyncStep<R>(source, {
      kind: 'mapAsync',
      name,
      options: options as AsyncOptions<unknown, unknown>,
      call: (record, { attempt, signal }) => map(record.value, record.key, { record, attempt, signal }),
      result: (value, { key, timestamp, headers }) => ({ key, value: value as R, timestamp, headers }),
    }) as WithValue<In, R>;
}
