import { describe, expect, test } from 'vitest';
import { avro } from '../../src/index.ts';
import { orders } from '../../src/topologies/orders.ts';
import { OrderCreated } from '../../src/topologies/schemas/order-created.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const TOPICS = { orders: 1, payments: 1, shipments: 1, cancellations: 1, 'user-totals': 1, 'order-status': 1 };

const order = (order_id: string): OrderCreated => ({
  order_id,
  user_id: 'u1',
  items: [],
  total_cents: 1000,
  timestamp: 1,
});

async function bench(folder: string) {
  const log = await LogBench.open(folder, TOPICS);
  const codec = await avro(OrderCreated).open({ topic: 'orders', part: 'value', registry: log.registry });
  return { log, encode: (order: OrderCreated) => Buffer.from(codec.encode(order)) };
}

/** A long of the schema's that no JavaScript number holds exactly: total_cents = 2^60, by hand. */
function beyondNumbers(good: Buffer): Buffer {
  const zigzag = [];
  for (let rest = 2n ** 61n; rest > 0n; rest >>= 7n) zigzag.push(Number((rest & 0x7fn) | (rest > 0x7fn ? 0x80n : 0n)));
  // After id, order_id ('o1'), user_id ('u1') and the empty items: total_cents is 1000, two bytes.
  const at = 5 + 3 + 3 + 1;
  return Buffer.concat([good.subarray(0, at), Buffer.from(zigzag), good.subarray(at + 2)]);
}

const withId = (good: Buffer, id: number): Buffer => {
  const bytes = Buffer.from(good);
  bytes.writeUInt32BE(id, 1);
  return bytes;
};

type Bad = readonly [key: string | null, value: Buffer | null];

const CASES: readonly (readonly [name: string, bad: (good: Buffer) => Bad, reason: RegExp])[] = [
  ['no Avro', () => ['o1', Buffer.from('hello there')], /begins with byte (104|7) instead of 0/],
  [
    'wrong magic byte',
    (good) => ['o1', Buffer.concat([Buffer.from([7]), good.subarray(1)])],
    /begins with byte (104|7) instead of 0/,
  ],
  ['too short', () => ['o1', Buffer.from([0, 0])], /2 bytes/],
  ['cut off', (good) => ['o1', good.subarray(0, good.length - 3)], /./],
  ['unknown schema id', (good) => ['o1', withId(good, 4711)], /schema id 4711/],
  ['null key', (good) => [null, good], /its key is null/],
  ['tombstone', () => ['o1', null], /its value is null/],
  ['value out of range', (good) => ['o1', beyondNumbers(good)], /total_cents/],
];

describe.each(CASES)('bad input: %s', (_name, bad, reason) => {
  test('stops the worker with topic, partition, offset and reason, and nothing of it is committed', async () => {
    using folder = temporaryFolder();
    const { log, encode } = await bench(folder.path);
    await log.write('orders', [['o0', encode(order('o0'))], bad(encode(order('o1'))), ['o2', encode(order('o2'))]]);
    const worker = log.worker(orders);
    await worker.start();
    const failed = expect(worker.untilEnd()).rejects;
    await failed.toThrow(/The record at offset 1 of orders-0 cannot be read: /);
    await expect(worker.finished()).rejects.toThrow(reason);
    expect(await log.read('order-status')).toEqual([]);
  });

  test('is a dead letter with its bytes and its cause; the records around it are processed', async () => {
    using folder = temporaryFolder();
    const { log, encode } = await bench(folder.path);
    const [key, value] = bad(encode(order('o1')));
    await log.write('orders', [
      ['o0', encode(order('o0'))],
      [key, value],
      ['o2', encode(order('o2'))],
    ]);
    const worker = log.worker(orders, { deserializationErrors: 'dead-letter' });
    await worker.start();
    await worker.untilEnd();
    expect((await log.read('order-status')).map((record) => record.key)).toEqual(['o0', 'o2']);
    const [letter, ...others] = await log.read('orders-dead-letters');
    expect(others).toEqual([]);
    expect(letter?.key).toBe(key);
    expect(letter?.raw ?? null).toEqual(value);
    const headers = new Map(letter?.headers.map(([name, bytes]) => [name, Buffer.from(bytes ?? '').toString()]));
    expect(headers.get('__streams.errors.topic')).toBe('orders');
    expect(headers.get('__streams.errors.offset')).toBe('1');
    expect(headers.get('__streams.errors.message')).toMatch(reason);
  });
});

test('an order without items is an order like any other', async () => {
  using folder = temporaryFolder();
  const { log, encode } = await bench(folder.path);
  await log.write('orders', [['o0', encode({ ...order('o0'), items: [] })]]);
  const worker = log.worker(orders);
  await worker.start();
  await worker.untilEnd();
  expect((await log.read('user-totals')).map((record) => record.key)).toEqual(['u1']);
});

test('a schema that may not follow the registered one stops the worker, naming the field', async () => {
  using folder = temporaryFolder();
  const { log } = await bench(folder.path);
  const older = {
    type: 'record',
    name: 'OrderStatus',
    namespace: 'millrace.orders',
    fields: [{ name: 'order_id', type: 'long' }],
  } as const;
  await avro(older).open({ topic: 'order-status', part: 'value', registry: log.registry });
  await expect(log.worker(orders).start()).rejects.toThrow(/order-status-value.*order_id/s);
});
