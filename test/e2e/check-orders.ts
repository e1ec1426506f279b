import { expect } from 'vitest';
import { avro } from '../../src/index.ts';
import type { Log } from '../../src/log/port.ts';
import type { Registry } from '../../src/serde/registry/registry.ts';
import type { Serde } from '../../src/serde/serde.ts';
import { OrderStatus } from '../../src/topologies/schemas/order-status.ts';
import { UserTotals } from '../../src/topologies/schemas/user-totals.ts';
import { readTopic } from '../support/embedded.ts';
import { millrace, ndjson } from '../support/millrace.ts';
import { expectedOrderStatus, expectedUserTotals } from '../support/olist.ts';

type Rows = Map<string, Record<string, unknown>>;

/** The stores, by `query` and by `sql`, hold exactly the expected rows. */
export async function checkStores(where: readonly string[]): Promise<void> {
  await checkStore('user-totals', expectedUserTotals(), where);
  await checkStore('order-status', expectedOrderStatus(), where);
}

async function checkStore(store: string, expected: Rows, where: readonly string[]): Promise<void> {
  const queried = ndjson(await millrace('query', store, '--format', 'ndjson', ...where));
  expectSame(new Map(queried.map(({ key, value }) => [String(key), value as Record<string, unknown>])), expected);
  expect(queried.every(({ timestamp }) => Number.isInteger(timestamp))).toBe(true);
  const [first] = expected.values();
  const columns = Object.keys(first ?? {}).join(', ');
  const selected = ndjson(await millrace('sql', `SELECT ${columns} FROM "${store}"`, '--format', 'ndjson', ...where));
  const id = store === 'user-totals' ? 'user_id' : 'order_id';
  expectSame(new Map(selected.map((row) => [String(row[id]), row])), expected);
}

/** The latest values of the output topics are the expected rows; every record of a key is there once per change. */
export async function checkTopics(log: Log, registry: Registry): Promise<void> {
  expectSame(await latest(log, registry, { topic: 'user-totals', value: avro(UserTotals) }), expectedUserTotals());
  expectSame(await latest(log, registry, { topic: 'order-status', value: avro(OrderStatus) }), expectedOrderStatus());
}

async function latest<T extends Record<string, unknown>>(
  log: Log,
  registry: Registry,
  { topic, value }: { topic: string; value: Serde<T> },
): Promise<Rows> {
  const codec = await value.open({ topic, part: 'value', registry, register: false });
  const rows: Rows = new Map();
  for (const record of await readTopic(log, topic)) {
    if (record.key === null || record.raw === null) throw new Error(`a null key or value in ${topic}`);
    rows.set(record.key, { ...codec.decode(record.raw, 0, record.raw.length) });
  }
  return rows;
}

/** As `toEqual`, but fast, and with the first difference only: there are a hundred thousand rows. */
export function expectSame(actual: Rows, expected: Rows): void {
  expect(actual.size).toBe(expected.size);
  for (const [key, row] of expected) {
    const found = actual.get(key);
    const same = found !== undefined && Object.entries(row).every(([field, value]) => found[field] === value);
    if (!same || Object.keys(found).length !== Object.keys(row).length) expect(found).toEqual(row);
  }
}
