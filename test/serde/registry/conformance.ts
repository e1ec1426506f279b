import { describe, expect, test } from 'vitest';
import type { AvroSchema, Registry } from '../../../src/serde/registry/registry.ts';

/** What every registry does. `open` gives an empty one, or one whose subjects do not matter, for each test. */
export function registryConformance(name: string, open: () => Promise<Registry>): void {
  let next = 0;
  // A shared registry is not emptied between tests.
  const subject = (): string => `conformance-${process.pid}-${++next}-value`;

  const withRegistry = (body: (registry: Registry) => Promise<void>) => async (): Promise<void> => {
    const registry = await open();
    try {
      await body(registry);
    } finally {
      await registry.close();
    }
  };

  describe(`registry ${name}`, () => {
    test(
      'the same schema again gives the same id, in another order of attributes too',
      withRegistry(async (registry) => {
        const at = subject();
        const id = await registry.register(at, order());
        expect(Number.isInteger(id)).toBe(true);
        expect(await registry.register(at, order())).toBe(id);
        const { type, ...rest } = order() as { type: string };
        expect(await registry.register(at, { ...rest, type })).toBe(id);
      }),
    );

    test(
      'a schema comes back whole: names, docs, defaults, logical types',
      withRegistry(async (registry) => {
        const id = await registry.register(subject(), order(STATUS_FIELD));
        expect(await registry.schema(id)).toEqual(order(STATUS_FIELD));
      }),
    );

    test(
      'an unknown id has no schema, an unknown subject no latest one',
      withRegistry(async (registry) => {
        expect(await registry.schema(987_654)).toBeUndefined();
        expect(await registry.latest(subject())).toBeUndefined();
      }),
    );

    test(
      'a compatible schema becomes the latest, and the older one keeps its id',
      withRegistry(async (registry) => {
        const at = subject();
        const old = await registry.register(at, order());
        const id = await registry.register(at, order(STATUS_FIELD));
        expect(id).not.toBe(old);
        expect(await registry.latest(at)).toEqual({ id, schema: order(STATUS_FIELD) });
        expect(await registry.schema(old)).toEqual(order());
        expect(await registry.register(at, order())).toBe(old);
        expect(await registry.latest(at)).toMatchObject({ id });
      }),
    );

    test(
      'an incompatible schema is refused, and the error names the field',
      withRegistry(async (registry) => {
        const at = subject();
        const id = await registry.register(at, order());
        const refused = registry.register(at, order({ name: 'coupon', type: 'string' }));
        await expect(refused).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' });
        await expect(refused).rejects.toThrow(/field coupon/);
        await expect(refused).rejects.toThrow(at);
        expect(await registry.latest(at)).toMatchObject({ id });
      }),
    );

    test(
      'what is refused under one subject may be registered under another',
      withRegistry(async (registry) => {
        const coupon = order({ name: 'coupon', type: 'string' });
        await registry.register(subject(), order());
        const at = subject();
        const id = await registry.register(at, coupon);
        expect(await registry.latest(at)).toEqual({ id, schema: coupon });
      }),
    );

    test(
      'schemas without a name are schemas',
      withRegistry(async (registry) => {
        const at = subject();
        const id = await registry.register(at, 'string');
        expect(await registry.register(at, 'string')).toBe(id);
        expect(await registry.schema(id)).toBe('string');
      }),
    );

    test(
      'the subjects are those with schemas',
      withRegistry(async (registry) => {
        const [one, other] = [subject(), subject()];
        await registry.register(one, order());
        await registry.register(other, order());
        expect(await registry.subjects()).toEqual(expect.arrayContaining([one, other]));
      }),
    );

    test(
      'many who register at once get one id',
      withRegistry(async (registry) => {
        const at = subject();
        const ids = await Promise.all(Array.from({ length: 5 }, () => registry.register(at, order())));
        expect(new Set(ids).size).toBe(1);
      }),
    );
  });
}

const STATUS_FIELD = {
  name: 'status',
  type: ['null', { type: 'enum', name: 'Status', symbols: ['CREATED', 'PAID'] }],
  doc: 'How far it is.',
  default: null,
};

function order(...more: readonly object[]): AvroSchema {
  return {
    type: 'record',
    name: 'Order',
    namespace: 'conformance',
    doc: 'An order.',
    fields: [
      { name: 'order_id', type: 'string' },
      { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, default: 0 },
      ...more,
    ],
  };
}
