/**
 * The workload `orders` on the embedded log, measured from READY to the commit of the last record. Prints one JSON line
 * in the form of the benchmark tool's.
 */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { avro, createWorker, type Serde, string } from '../src/index.ts';
import { openEmbeddedLog } from '../src/log/embedded/embedded-log.ts';
import { Partitioner } from '../src/log/partitioner.ts';
import type { Log, Producer } from '../src/log/port.ts';
import { keyBytes, valueBytes } from '../src/log/records/fetched-record.ts';
import { shopEvents } from '../src/orders/shop-events.ts';
import { MemoryRegistry } from '../src/serde/registry/memory-registry.ts';
import * as schemas from './schemas.ts';
import { workloads } from './workloads.ts';

const PARTITIONS = 4;
const INPUTS = {
  orders: avro(schemas.OrderCreated),
  payments: avro(schemas.PaymentReceived),
  shipments: avro(schemas.ShipmentUpdated),
  cancellations: avro(schemas.OrderCancelled),
} as const;

const folder = process.argv[2] ?? '';
const work = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
const log = await openEmbeddedLog(join(work, 'log.db'));
const registry = new MemoryRegistry(schemas.ids);
const records = await load(log);

const worker = createWorker({
  topology: (
    workloads['orders'] ??
    (() => {
      throw new Error('no workload orders');
    })
  )('olist', 'app'),
  log,
  registry,
  settings: { stateDir: join(work, 'state') },
});
const cpuBefore = process.cpuUsage();
await worker.start();
await worker.ready();
const started = performance.now();
await worker.untilEnd();
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);

process.stdout.write(
  `${JSON.stringify({
    system: 'millrace',
    log: 'embedded',
    workload: 'orders',
    records,
    seconds,
    recordsPerSecond: Math.round(records / seconds),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    digest: await digest(log, ['app.user-totals', 'app.order-status']),
  })}\n`,
);
await log.close();
rmSync(work, { recursive: true });

async function load(log: Log): Promise<number> {
  const names = [...Object.keys(INPUTS).map((topic) => `olist.${topic}`), 'app.user-totals', 'app.order-status'];
  await log.createTopics(names.map((name) => ({ name, partitions: PARTITIONS })));
  const producer = await log.producer({});
  let total = 0;
  for (const [topic, serde] of Object.entries(INPUTS))
    total += await loadTopic(producer, topic as keyof typeof INPUTS, serde as Serde<unknown>);
  await producer.commit();
  await producer.close();
  return total;
}

async function loadTopic(producer: Producer, topic: keyof typeof INPUTS, serde: Serde<unknown>): Promise<number> {
  const use = { topic: `olist.${topic}`, registry };
  const key = await string().open({ ...use, part: 'key' });
  const value = await serde.open({ ...use, part: 'value' });
  const partitioner = new Partitioner();
  const event = shopEvents[topic];
  let lines = 0;
  const input = createReadStream(join(folder, `${topic}.ndjson.gz`)).pipe(createGunzip());
  for await (const line of createInterface({ input })) {
    const parsed = event.parse(line);
    const bytes = key.encode(parsed.order_id);
    producer.append(use.topic, partitioner.choose(bytes, PARTITIONS), {
      key: bytes,
      value: value.encode(parsed),
      timestamp: parsed.timestamp,
      headers: [],
    });
    lines++;
  }
  return lines;
}

/** As the benchmark tool's: the sum of the FNV-1a hashes of the last record of each key, without its schema id. */
async function digest(log: Log, topics: readonly string[]): Promise<string> {
  const latest = new Map<string, bigint>();
  const fetcher = log.fetcher();
  const partitions = topics.flatMap((topic) =>
    Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition })),
  );
  const ends = (await log.offsets(partitions, 'end')).filter(({ offset }) => offset > 0);
  let open = new Map(ends.map((end) => [`${end.topic}-${end.partition}`, end.offset]));
  fetcher.assign(ends.map((end) => ({ ...end, offset: 0 })));
  while (open.size > 0) {
    for (const { topic, partition, records, position } of await fetcher.poll(1000)) {
      for (const record of records) {
        const key = keyBytes(record) ?? Buffer.alloc(0);
        latest.set(
          `${topic}/${key}`,
          fnv(fnv(0xcbf29ce484222325n, key), (valueBytes(record) ?? Buffer.alloc(5)).subarray(5)),
        );
      }
      open = new Map([...open].filter(([id, end]) => id !== `${topic}-${partition}` || position < end));
    }
  }
  await fetcher.close();
  return BigInt.asUintN(
    64,
    [...latest.values()].reduce((sum, hash) => sum + hash, 0n),
  ).toString(16);
}

function fnv(hash: bigint, bytes: Uint8Array): bigint {
  let next = hash;
  for (const byte of bytes) next = BigInt.asUintN(64, (next ^ BigInt(byte)) * 0x100000001b3n);
  return next;
}
