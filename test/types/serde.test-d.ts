/** Checked by `tsc`, never run: what the types of serdes are, and what they refuse. */
import { z } from 'zod';
import { avro } from '../../src/serde/avro/avro.ts';
import type { Infer } from '../../src/serde/avro/infer.ts';
import { bytes } from '../../src/serde/bytes.ts';
import { integer } from '../../src/serde/integer.ts';
import { type JsonValue, json } from '../../src/serde/json.ts';
import type { AvroSchema } from '../../src/serde/registry/registry.ts';
import type { Serde } from '../../src/serde/serde.ts';
import { string } from '../../src/serde/string.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Of<S> = S extends Serde<infer T> ? T : never;

/** Fails to compile unless the two are the same type. */
declare function same<A, B>(equal: Equal<A, B>): void;

// --- plain serdes ---------------------------------------------------------------------------------------------------
const plain = { string: string(), integer: integer(), bytes: bytes(), json: json() };
same<Of<typeof plain.string>, string>(true);
same<Of<typeof plain.integer>, number>(true);
same<Of<typeof plain.bytes>, Uint8Array>(true);
same<Of<typeof plain.json>, JsonValue>(true);
const guarded = json(z.object({ id: z.string(), at: z.coerce.date() }));
same<Of<typeof guarded>, { id: string; at: Date }>(true);

// --- primitives and logical types -----------------------------------------------------------------------------------
same<Infer<'null'>, null>(true);
same<Infer<'boolean'>, boolean>(true);
same<Infer<'int'>, number>(true);
same<Infer<'long'>, number>(true);
same<Infer<'long', bigint>, bigint>(true);
same<Infer<'double'>, number>(true);
same<Infer<'bytes'>, Uint8Array>(true);
same<Infer<{ type: 'string' }>, string>(true);
same<Infer<{ type: 'long'; logicalType: 'timestamp-millis' }, bigint>, number>(true);
same<Infer<{ type: 'long'; logicalType: 'timestamp-nanos' }, bigint>, bigint>(true);
same<Infer<{ type: 'int'; logicalType: 'date' }>, number>(true);
same<Infer<{ type: 'string'; logicalType: 'uuid' }>, string>(true);
same<Infer<{ type: 'fixed'; name: 'Id'; size: 16; logicalType: 'uuid' }>, string>(true);
same<Infer<{ type: 'bytes'; logicalType: 'decimal'; precision: 9; scale: 2 }>, bigint>(true);
same<Infer<{ type: 'fixed'; name: 'M'; size: 8; logicalType: 'decimal'; precision: 9 }>, bigint>(true);
same<Infer<{ type: 'fixed'; name: 'Hash'; size: 8 }>, Uint8Array>(true);
same<Infer<{ type: 'string'; logicalType: 'unheard-of' }>, string>(true);

// --- complex types --------------------------------------------------------------------------------------------------
same<Infer<['null', 'string']>, string | null>(true);
same<Infer<{ type: 'array'; items: ['null', 'int'] }>, (number | null)[]>(true);
same<Infer<{ type: 'map'; values: 'long' }>, { [key: string]: number }>(true);
same<Infer<{ type: 'enum'; name: 'E'; symbols: ['A', 'B'] }>, 'A' | 'B'>(true);

const Order = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string', doc: 'The order.' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['CREATED', 'PAID'] } },
    { name: 'before', type: ['null', 'Status'], default: null },
    { name: 'after', type: 'shop.Status' },
    { name: 'quantity', type: 'int', default: 1 },
    {
      name: 'items',
      type: { type: 'array', items: { type: 'record', name: 'Item', fields: [{ name: 'cents', type: 'long' }] } },
    },
  ],
} as const;
interface ExpectedOrder {
  id: string;
  status: 'CREATED' | 'PAID';
  before: 'CREATED' | 'PAID' | null;
  after: 'CREATED' | 'PAID';
  quantity: number;
  items: { cents: number }[];
}
const order = avro(Order);
type OrderValue = Of<typeof order>;
const orderTo: ExpectedOrder = {} as OrderValue;
const orderFrom: OrderValue = {} as ExpectedOrder;
same<keyof OrderValue, keyof ExpectedOrder>(true);
same<OrderValue['items'], { cents: number }[]>(true);
same<OrderValue['before'], 'CREATED' | 'PAID' | null>(true);

const bigOrder = avro(Order, { longs: 'bigint' });
same<Of<typeof bigOrder>['items'][number]['cents'], bigint>(true);
same<Of<typeof bigOrder>['quantity'], number>(true);

// A schema written in place needs no `as const`.
const inPlace = avro({
  type: 'record',
  name: 'P',
  fields: [{ name: 'kind', type: { type: 'enum', name: 'K', symbols: ['X'] } }],
});
same<Of<typeof inPlace>, { kind: 'X' }>(true);

// Recursive.
const tree = avro({
  type: 'record',
  name: 'Tree',
  fields: [
    { name: 'value', type: 'int' },
    { name: 'children', type: { type: 'array', items: 'Tree' } },
    { name: 'parent', type: ['null', 'Tree'] },
  ],
});
declare const node: Of<typeof tree>;
same<(typeof node.children)[number]['children'][number]['value'], number>(true);
const grandparent: number | undefined = node.parent?.parent?.value;

// Only known when the program runs.
const dynamic = avro(JSON.parse('"string"') as AvroSchema);
same<Of<typeof dynamic>, unknown>(true);

// --- refused --------------------------------------------------------------------------------------------------------
declare const value: OrderValue;
// @ts-expect-error a field that the schema lacks
value.price;
// @ts-expect-error statuses are a closed set
const lost: boolean = value.status === 'LOST';
// @ts-expect-error null is not among its types
const noNull: OrderValue = { ...value, quantity: null };
// @ts-expect-error a field with a default must be there all the same
const incomplete: OrderValue = { id: 'a', status: 'PAID', before: null, after: 'PAID', items: [] };
// @ts-expect-error bigints only with { longs: 'bigint' }
const bigint: OrderValue['items'][number] = { cents: 5n };
// @ts-expect-error a type that the schema does not define
const misspelt: Infer<{ type: 'array'; items: 'strng' }> = ['x'];
// @ts-expect-error there is no such kind of long
avro('long', { longs: 'string' });
// @ts-expect-error a schema is no number
avro(5);

export { bigint, grandparent, incomplete, lost, misspelt, noNull, orderFrom, orderTo };
