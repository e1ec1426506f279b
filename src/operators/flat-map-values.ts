import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Makes any number of values of each one, in order, under its key and with its timestamp and headers. Nothing is
 * repartitioned.
 *
 * @example
 * clicks.pipe(flatMapValues((path) => path.split('/')), to('steps', { value: string() }));
 * // in  clicks ann=shop/tea@1
 * // out steps  ann=shop@1 ann=tea@1
 */
export function flatMapValues<In, V2>(
  mapper: (value: ValueOf<In>, key: KeyOf<In>) => Iterable<V2>,
): (source: StreamFor<In, 'flatMapValues'>) => KStream<KeyOf<In>, V2>;
export function flatMapValues(
  mapper: (value: unknown, key: unknown) => Iterable<unknown>,
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) => {
    const { key, keyChanged } = source.shape;
    return deriveStream<unknown, unknown, unknown, unknown>(
      source,
      { kind: 'flatMapValues', key, value: undefined, keyChanged },
      (emit) =>
        ({ key, value, timestamp, headers }) => {
          for (const one of mapper(value, key)) emit({ key, value: one, timestamp, headers });
        },
    );
  };
}
