import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { partitionOfKey } from '../../src/log/partitioner.ts';
import type { Log, Producer } from '../../src/log/port.ts';
import { keyBytes, valueBytes } from '../../src/log/records/fetched-record.ts';
import { createOrderPublisher } from '../../src/orders/order-publisher.ts';
import { shopEvents } from '../../src/orders/shop-events.ts';
import { avro } from '../../src/serde/avro/avro.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { string } from '../../src/serde/string.ts';
import { type Publication, publication } from '../../src/service/publication.ts';
import { createPublisher } from '../../src/service/publisher.ts';
import { keyText, ServiceBench, valueText } from './service-bench.ts';

const registry = new MemoryRegistry();
const notes: Publication<string, string> = {
  topic: 'notes',
  keySerde: string(),
  serde: string(),
  key: (text) => text.slice(0, 1),
  timestamp: (text) => text.length,
};

describe('on an embedded log', () => {
  let bench: ServiceBench;
  beforeEach(async () => {
    bench = new ServiceBench();
    await bench.open({ notes: 3, orders: 3, payments: 1, shipments: 1, cancellations: 1 });
  });
  afterEach(() => bench.close());

  it('writes an event to the partition of its key, at its own time, before it resolves', async () => {
    const publisher = await createPublisher({ log: bench.log, registry: bench.registry, publications: [notes] });
    await publisher.publish(notes, 'hello');
    const [record] = await bench.read('notes', partitionOfKey(Buffer.from('h'), 3));
    expect(record && [keyText(record), valueText(record), record.timestamp]).toEqual(['h', 'hello', 5]);
    await publisher.close();
  });

  it('refuses an event of a topic that it was not opened for', async () => {
    const publisher = await createPublisher({ log: bench.log, registry: bench.registry, publications: [notes] });
    const other = publication({ ...notes, topic: 'orders' });
    await expect(publisher.publish(other, 'hello')).rejects.toThrow(
      'orders is not among the publications that createPublisher was given (notes)',
    );
    await publisher.close();
  });

  it('a publication has the type of its events from its serdes', () => {
    const typed = publication({
      topic: 'notes',
      keySerde: string(),
      serde: avro({ type: 'record', name: 'Note', fields: [{ name: 'by', type: 'string' }] } as const),
      key: (note) => note.by,
      timestamp: () => 0,
    });
    expect(typed.key({ by: 'ann' })).toBe('ann');
    // @ts-expect-error: there is no such field.
    expect(typed.key({ from: 'ann' })).toBeUndefined();
  });

  it('the order publisher writes Avro, keyed by order', async () => {
    const publisher = await createOrderPublisher(bench.log, bench.registry);
    const order = { order_id: 'o1', user_id: 'u1', items: [], total_cents: 990, timestamp: 1_700_000_000_000 };
    const payment = { payment_id: 'o1-1', order_id: 'o1', amount_cents: 990, method: 'invoice', timestamp: 7 };
    await Promise.all([
      publisher.publishOrderCreated(order),
      publisher.publishPaymentReceived(payment),
      publisher.publishShipmentUpdated({ order_id: 'o1', status: 'SHIPPED', timestamp: 8 }),
      publisher.publishOrderCancelled({ order_id: 'o1', reason: 'unavailable', timestamp: 9 }),
    ]);
    await publisher.close();
    const [record] = await bench.read('orders', partitionOfKey(Buffer.from('o1'), 3));
    const value = (record && valueBytes(record)) ?? Buffer.alloc(0);
    const use = { topic: 'orders', part: 'value', registry: bench.registry, register: false } as const;
    const codec = await shopEvents.orders.serde.open(use);
    expect(codec.decode(value, 0, value.length)).toEqual(order);
    expect(record && [keyBytes(record)?.toString(), record.timestamp]).toEqual(['o1', order.timestamp]);
    expect(await bench.registry.subjects()).toEqual([
      'cancellations-value',
      'orders-value',
      'payments-value',
      'shipments-value',
    ]);
    for (const topic of ['payments', 'shipments', 'cancellations']) expect(await bench.read(topic)).toHaveLength(1);
  });

  it('rejects an event that does not fit its schema, and goes on', async () => {
    const publisher = await createOrderPublisher(bench.log, bench.registry);
    const order = { order_id: 'o1', user_id: 'u1', items: [], total_cents: 0.5, timestamp: 1 };
    await expect(publisher.publishOrderCreated(order)).rejects.toMatchObject({ code: 'VALUE_INVALID' });
    await publisher.publishOrderCreated({ ...order, total_cents: 50 });
    await publisher.close();
    expect(await bench.read('orders', partitionOfKey(Buffer.from('o1'), 3))).toHaveLength(1);
  });

  it('names the topic that is missing, and the nearest one', async () => {
    const publications = [{ ...notes, topic: 'note' }];
    const opening = createPublisher({ log: bench.log, registry: bench.registry, publications });
    await expect(opening).rejects.toThrow(/Topic note does not exist. Did you mean notes\?/);
  });
});

describe('batches', () => {
  it('calls made at once, or while a batch is written, go out together', async () => {
    const { log, commits, appended } = fakeLog();
    const publisher = await createPublisher({ log, registry, publications: [notes] });
    const first = [publisher.publish(notes, 'a'), publisher.publish(notes, 'b')];
    await vi.waitFor(() => expect(commits).toHaveLength(1));
    const second = [publisher.publish(notes, 'c'), publisher.publish(notes, 'd')];
    commits[0]?.resolve([]);
    await Promise.all(first);
    await vi.waitFor(() => expect(commits).toHaveLength(2));
    commits[1]?.resolve([]);
    await Promise.all(second);
    expect(appended).toEqual(['a', 'b', 'c', 'd']);
    await publisher.close();
    expect(commits).toHaveLength(2);
  });

  it('a batch that fails rejects its calls and those that had gathered behind it; later ones are written', async () => {
    const { log, commits, appended } = fakeLog();
    const publisher = await createPublisher({ log, registry, publications: [notes] });
    const first = publisher.publish(notes, 'a');
    await vi.waitFor(() => expect(commits).toHaveLength(1));
    const behind = publisher.publish(notes, 'b');
    commits[0]?.reject(new Error('no disk'));
    await expect(first).rejects.toThrow('no disk');
    await expect(behind).rejects.toThrow('no disk');
    const later = publisher.publish(notes, 'c');
    await vi.waitFor(() => expect(commits).toHaveLength(2));
    commits[1]?.resolve([]);
    await later;
    expect(appended).toEqual(['c']);
  });
});

/** A log of one topic whose commits end when the test says so; an abort drops what was appended. */
function fakeLog(): { log: Log; commits: PromiseWithResolvers<never[]>[]; appended: string[] } {
  const commits: PromiseWithResolvers<never[]>[] = [];
  const appended: string[] = [];
  const producer: Partial<Producer> = {
    append: (_topic, _partition, { value }) => void appended.push(String(value)),
    commit: () => {
      const commit = Promise.withResolvers<never[]>();
      commits.push(commit);
      return commit.promise;
    },
    abort: async () => void appended.splice(0),
    close: async () => {},
  };
  const log: Partial<Log> = {
    describeTopics: async () => [{ name: 'notes', partitions: 3 }],
    // Only what the publisher calls is there.
    producer: async () => producer as Producer,
  };
  return { log: log as Log, commits, appended };
}
