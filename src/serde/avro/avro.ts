import type avsc from 'avsc';
import type { AvroSchema } from '../registry/registry.ts';
import type { Codec, Serde, SerdeUse } from '../serde.ts';
import { AvroCodec } from './avro-codec.ts';
import { canonicalSchema, sameSchema } from './canonical-schema.ts';
import { avroColumns } from './columns.ts';
import type { Infer } from './infer.ts';
import { type Longs, nameOf, readerType } from './parse-schema.ts';
import { WriterSchemas } from './writer-schemas.ts';

/** How values stand for what Avro has and JavaScript has not. */
export interface AvroOptions<L extends Longs = Longs> {
  /** What longs are: numbers, within ±(2^53 - 1), the default; or bigints. Times are numbers in either case. */
  readonly longs?: L;
}

/**
 * Avro with a schema registry, in Confluent's framing; the subject is `<topic>-key` or `<topic>-value`. The type of the
 * values is inferred from the schema, an `as const` object. Decimals are bigints (the unscaled value), times are numbers in
 * their unit, bytes are `Uint8Array`s, unions stand for themselves. Older versions of a schema are read as the present one.
 *
 * Throws SCHEMA_INVALID, also for unions whose branches a value cannot tell apart. At the start of a worker:
 * SCHEMA_INCOMPATIBLE, REGISTRY_UNREACHABLE. Of a record: RECORD_UNREADABLE, VALUE_INVALID.
 *
 * @example
 * const Purchase = {
 *   type: 'record',
 *   name: 'Purchase',
 *   fields: [{ name: 'user_id', type: 'string' }, { name: 'cents', type: 'long' }],
 * } as const;
 * flow.stream('purchases', { key: string(), value: avro(Purchase) }).pipe(
 *   mapValues((purchase) => purchase.cents), // a number: the schema says so
 *   to('cents', { value: integer() }),
 * );
 * // in  purchases p1={"user_id":"ann","cents":990}@1
 * // out cents     p1=990@1
 */
export function avro<const S extends AvroSchema, const L extends Longs = 'number'>(
  schema: S,
  options: AvroOptions<L> = {},
): Serde<Infer<S, L extends 'bigint' ? bigint : number>> {
  return avroSerde(canonicalSchema(schema), options.longs ?? 'number');
}

function avroSerde<T>(schema: AvroSchema, longs: Longs): Serde<T> {
  const type = readerType(schema, longs);
  const name = `avro(${nameOf(schema)})`;
  return {
    name,
    columns: avroColumns<T>(type, name),
    open: (use) => open(use, { name, schema, type, longs }),
  };
}

interface Opening {
  readonly name: string;
  readonly schema: AvroSchema;
  readonly type: avsc.Type;
  readonly longs: Longs;
}

async function open<T>(use: SerdeUse, { name, schema, type, longs }: Opening): Promise<Codec<T>> {
  const subject = `${use.topic}-${use.part}`;
  const id = await ownId(use, subject, schema);
  const writers = new WriterSchemas(type, longs, use.registry);
  if (id !== undefined) writers.addOwn(id);
  return new AvroCodec<T>({ name, type, id, subject, part: use.part, writers });
}

/** Who only reads takes the id if the schema happens to be the latest one. */
async function ownId(use: SerdeUse, subject: string, schema: AvroSchema): Promise<number | undefined> {
  if (use.register !== false) return use.registry.register(subject, schema);
  const latest = await use.registry.latest(subject);
  return latest && sameSchema(latest.schema, schema) ? latest.id : undefined;
}
