import type { Serde } from './serde.ts';

/**
 * Lets null through: null keys, or null values (tombstones) of a stream, are then records like any other. Without it
 * they are bad input, handled as the setting `deserializationErrors` says.
 *
 * @example
 * flow.stream('clicks', { key: nullable(string()), value: nullable(string()) }).pipe(
 *   mapValues((page) => page ?? 'nothing'),
 *   to('pages', { value: string() }),
 * );
 * // in  clicks ann=home@1 ann=null@2 null=tea@3
 * // out pages  ann=home@1 ann=nothing@2 null=tea@3
 */
export function nullable<T>(serde: Serde<T>): Serde<T | null> {
  // The wrapped codec is never asked for null: a null key or value has no bytes.
  return {
    ...(serde as Serde<T | null>),
    name: `nullable(${serde.name})`,
    nullable: true,
    open: (use) => serde.open(use) as ReturnType<Serde<T | null>['open']>,
  };
}
