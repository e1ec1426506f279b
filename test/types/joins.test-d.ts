/** What joins make of keys and values, with no type argument written. */
import { describe, expectTypeOf, test } from 'vitest';
import {
  type Flow,
  filter,
  foreignKeyJoin,
  foreignKeyLeftJoin,
  foreignKeyOuterJoin,
  type GlobalKTable,
  type GlobalRows,
  integer,
  join,
  type KStream,
  type KTable,
  leftJoin,
  mapValues,
  nullable,
  outerJoin,
  type Serde,
  type StreamRecord,
  string,
  toStream,
} from '../../src/index.ts';

interface Order {
  readonly user: string;
  readonly cents: number;
}
interface User {
  readonly name: string;
}

declare const flow: Flow;
declare const orders: KStream<string, Order>;
declare const visits: KStream<string, 'home' | 'shop'>;
declare const maybe: KStream<string | null, Order | null>;
declare const byNumber: KStream<number, Order>;
declare const users: KTable<string, User>;
declare const placed: KTable<string, Order>;
declare const value: Serde<{ readonly cents: number; readonly name: string }>;
declare const countries: GlobalKTable<number, { readonly vat: number }>;

describe('of streams', () => {
  test('the joiner sees both values and the key', () => {
    const joined = orders.pipe(
      filter((order) => order.cents > 0),
      join(visits, (order, visit, key) => ({ ...order, visit, key }), { name: 'n', within: 5 }),
      mapValues(({ cents, visit, key }) => `${cents.toFixed()} ${visit} ${key.length}`),
    );
    expectTypeOf(joined).toEqualTypeOf<KStream<string, string>>();
  });

  test('a side that may be missing is null', () => {
    orders.pipe(
      leftJoin(
        visits,
        (order, visit) => {
          expectTypeOf(order).toEqualTypeOf<Order>();
          expectTypeOf(visit).toEqualTypeOf<'home' | 'shop' | null>();
        },
        { name: 'n', before: 5, after: 0, grace: 1 },
      ),
    );
    orders.pipe(
      outerJoin(visits, (order) => expectTypeOf(order).toEqualTypeOf<Order | null>(), { name: 'n', within: 5 }),
    );
  });

  test('nulls of the sides do not come to an inner join', () => {
    maybe.pipe(
      join(
        maybe,
        (left, right, key) => {
          expectTypeOf(left).toEqualTypeOf<Order>();
          expectTypeOf(right).toEqualTypeOf<Order>();
          expectTypeOf(key).toEqualTypeOf<string>();
        },
        { name: 'n', within: 5 },
      ),
    );
  });

  test('what is wrong is refused', () => {
    // @ts-expect-error the window is missing
    orders.pipe(join(visits, (order) => order, { name: 'n' }));
    // @ts-expect-error the name is missing
    orders.pipe(join(visits, (order) => order, { within: 5 }));
    // @ts-expect-error one of both ways to say the window
    orders.pipe(join(visits, (order) => order, { name: 'n', within: 5, after: 2 }));
    // @ts-expect-error the keys are of other types
    orders.pipe(join(byNumber, (order) => order, { name: 'n', within: 5 }));
    // @ts-expect-error visits have no such page
    orders.pipe(join(visits, (_, visit) => visit === 'cart', { name: 'n', within: 5 }));
  });
});

describe('with tables', () => {
  test('a stream stays a stream, a table a table', () => {
    const stream = orders.pipe(join(users, (order, user) => `${order.cents} ${user.name}`));
    expectTypeOf(stream).toEqualTypeOf<KStream<string, string>>();
    const table = placed.pipe(leftJoin(users, (order, user) => `${order.cents} ${user?.name}`));
    expectTypeOf(table).toEqualTypeOf<KTable<string, string>>();
    const both = placed.pipe(
      outerJoin(users, (order, user) => order?.cents ?? user?.name.length ?? 0, { store: 'both', value: integer() }),
      toStream(),
    );
    expectTypeOf(both).toEqualTypeOf<KStream<string, number | null>>();
  });

  test('what is wrong is refused', () => {
    // @ts-expect-error a user may be missing
    orders.pipe(leftJoin(users, (_, user) => user.name));
    // @ts-expect-error a table waits for nothing
    placed.pipe(join(users, (order) => order, { grace: 5 }));
    // @ts-expect-error a stream has no store of its results
    orders.pipe(join(users, (order) => order, { store: 'joined' }));
    // @ts-expect-error the keys are of other types
    byNumber.pipe(join(users, (order) => order));
  });
});

describe('with a global table', () => {
  test('that makes its own rows, of records of the same types or of others', () => {
    const same = flow.globalTable('a', {
      key: string(),
      value: integer(),
      name: 'same',
      process: (record, rows) => {
        expectTypeOf(record).toEqualTypeOf<StreamRecord<string, number | null>>();
        expectTypeOf(rows).toEqualTypeOf<GlobalRows<string, number>>();
      },
    });
    expectTypeOf(same).toEqualTypeOf<GlobalKTable<string, number>>();
    const other = flow.globalTable('a', {
      from: { key: nullable(string()), value: integer() },
      key: integer(),
      value: string(),
      name: 'other',
      process: ({ key, value }, rows) => {
        expectTypeOf(key).toEqualTypeOf<string | null>();
        if (value !== null) rows.put(value, key);
        // @ts-expect-error the rows are of other types
        rows.put(key, value);
      },
    });
    expectTypeOf(other).toEqualTypeOf<GlobalKTable<number, string>>();
    const from = { key: string(), value: string() };
    // @ts-expect-error who would make rows of other records?
    flow.globalTable('a', { from, key: string(), value: string(), name: 'nobody' });
  });

  test('the key is drawn from the record', () => {
    const joined = orders.pipe(
      join(
        countries,
        (order) => order.cents,
        (order, country, key, number) => [order.user, country.vat, key, number] as const,
      ),
    );
    expectTypeOf(joined).toEqualTypeOf<KStream<string, readonly [string, number, string, number]>>();
  });

  test('what is wrong is refused', () => {
    orders.pipe(
      join(
        // @ts-expect-error its keys are numbers
        countries,
        (order) => order.user,
        (order) => order,
      ),
    );
    // @ts-expect-error a country may be missing
    // biome-ignore format: the directive stands for the next line only
    orders.pipe(leftJoin(countries, (order) => order.cents, (_, country) => country.vat));
  });
});

describe('by a foreign key', () => {
  test('the result is by the key of the left table', () => {
    const joined = placed.pipe(
      foreignKeyJoin(
        users,
        (order, key) => (key === '' ? null : order.user),
        (order, user) => ({ cents: order.cents, name: user.name }),
        { name: 'n', value },
      ),
    );
    expectTypeOf(joined).toEqualTypeOf<KTable<string, { readonly cents: number; readonly name: string }>>();
  });

  test('sides that may be missing are null', () => {
    placed.pipe(
      foreignKeyLeftJoin(
        users,
        (order) => order.user,
        (order, user) => order.user + (user?.name ?? ''),
        { name: 'n', value: string() },
      ),
      foreignKeyOuterJoin(
        users,
        (text) => text,
        (text, user) => `${text ?? ''}${user?.name ?? ''}`,
        { name: 'o', value: string(), unmatchedKey: (user) => `user ${user}` },
      ),
    );
  });

  test('what is wrong is refused', () => {
    placed.pipe(
      foreignKeyJoin(
        users,
        // @ts-expect-error the key of a user is no number
        (order) => order.cents,
        (order) => order.user,
        { name: 'n', value: string() },
      ),
    );
    placed.pipe(
      foreignKeyJoin(
        users,
        (order) => order.user,
        // @ts-expect-error the store holds text
        (order) => order.cents,
        { name: 'n', value: string() },
      ),
    );
    // @ts-expect-error a stream has no rows
    // biome-ignore format: the directive stands for the next line only
    orders.pipe(foreignKeyJoin(users, (order) => order.user, (order) => order.user, { name: 'n', value: string() }));
  });
});
