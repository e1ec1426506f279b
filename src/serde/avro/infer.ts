import type { AvroSchema } from '../registry/registry.ts';

/**
 * The type of a value, from its Avro schema: an `as const` object, or one written right in `avro(…)`. Defaults do not
 * change it. References to named types are followed within the schema, recursive ones too. A schema that is
 * only known when the program runs gives `unknown`.
 *
 * @example
 * const User = { type: 'record', name: 'User', fields: [{ name: 'age', type: ['null', 'int'] }] } as const;
 * const ann: Infer<typeof User> = { age: null };
 */
export type Infer<S, Longs = number> = AvroSchema extends S ? unknown : Value<S, NamedIn<S>, Longs>;

interface Primitives<Longs> {
  null: null;
  boolean: boolean;
  int: number;
  long: Longs;
  float: number;
  double: number;
  bytes: Uint8Array;
  string: string;
}

type Field = { readonly name: string; readonly type: unknown };

/** Longs that stand for a time are numbers in their unit, whatever plain longs are. */
type TimeUnit =
  | 'time-micros'
  | 'timestamp-millis'
  | 'timestamp-micros'
  | 'local-timestamp-millis'
  | 'local-timestamp-micros';

type Value<S, Named, Longs> = AvroSchema extends S
  ? unknown
  : S extends string
    ? string extends S
      ? unknown
      : S extends keyof Primitives<Longs>
        ? Primitives<Longs>[S]
        : Referenced<S, Named, Longs>
    : S extends readonly (infer Branch)[]
      ? AvroSchema extends Branch
        ? unknown
        : Branches<Branch, Named, Longs>
      : S extends { readonly type: 'long'; readonly logicalType: TimeUnit }
        ? number
        : S extends { readonly type: 'bytes' | 'fixed'; readonly logicalType: 'decimal'; readonly precision: number }
          ? bigint
          : S extends { readonly type: 'fixed'; readonly size: 16; readonly logicalType: 'uuid' }
            ? string
            : Complex<S, Named, Longs>;

type Complex<S, Named, Longs> = S extends {
  readonly type: 'record';
  readonly fields: infer Fields extends readonly Field[];
}
  ? { -readonly [F in Fields[number] as F['name']]: Value<F['type'], Named, Longs> }
  : S extends { readonly type: 'enum'; readonly symbols: readonly (infer Symbol)[] }
    ? Symbol
    : S extends { readonly type: 'fixed' }
      ? Uint8Array
      : S extends { readonly type: 'array'; readonly items: infer Item }
        ? Value<Item, Named, Longs>[]
        : S extends { readonly type: 'map'; readonly values: infer Item }
          ? { [key: string]: Value<Item, Named, Longs> }
          : S extends { readonly type: infer Inner }
            ? Value<Inner, Named, Longs>
            : never;

type Branches<Branch, Named, Longs> = Branch extends unknown ? Value<Branch, Named, Longs> : never;

/** A name without its namespace. */
type Simple<Name> = Name extends `${string}.${infer Rest}` ? Simple<Rest> : Name;

type Referenced<Name extends string, Named, Longs> = [WithName<Simple<Name>, Named>] extends [never]
  ? NoSuchType<Name>
  : Value<WithName<Simple<Name>, Named>, Named, Longs>;

type WithName<Name, Named> = Named extends { readonly name: infer Own }
  ? Simple<Own> extends Name
    ? Named
    : never
  : never;

/** What a value becomes whose schema names a type that is not there. */
export interface NoSuchType<Name extends string> {
  readonly 'the schema has no type of this name': Name;
}

/** Records, enums and fixed types defined anywhere in a schema. */
type NamedIn<S> = S extends string
  ? never
  : S extends readonly (infer Branch)[]
    ? AvroSchema extends Branch
      ? never
      : NamedIn<Branch>
    : S extends { readonly type: 'record'; readonly fields: readonly (infer F)[] }
      ? S | (F extends Field ? NamedIn<F['type']> : never)
      : S extends { readonly type: 'enum' | 'fixed' }
        ? S
        : S extends { readonly type: 'array'; readonly items: infer Item }
          ? NamedIn<Item>
          : S extends { readonly type: 'map'; readonly values: infer Item }
            ? NamedIn<Item>
            : never;
