import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliBench, ndjson } from './cli-bench.ts';

const order = (id: string, changes: object = {}): string =>
  JSON.stringify({ order_id: id, user_id: 'u1', items: [], total_amount: 10.1, timestamp: 1000, ...changes });
const payment = (id: string): string =>
  JSON.stringify({ payment_id: `${id}-1`, order_id: id, amount: '0.20', method: 'invoice', timestamp: 2000 });

let bench: CliBench;
beforeEach(() => {
  bench = new CliBench();
});
afterEach(() => bench.remove());

async function ok(...argv: string[]): Promise<string> {
  const { code, out, err } = await bench.run(argv);
  expect(`${code} ${err}`).toMatch(/^0 /);
  return out;
}

describe('import, run, query', () => {
  it('takes plain and packed files to totals and statuses', async () => {
    const orders = bench.file('orders.ndjson', `${order('o1')}\r\n\n${order('o2', { total_amount: '0.20' })}`);
    const packed = bench.file('payments.ndjson.gz', gzipSync(`${payment('o1')}\n`));
    expect(await bench.run(['import', 'orders', orders])).toMatchObject({ code: 0, err: 'orders: 2 events written\n' });
    await ok('import', 'payments', packed);
    expect((await bench.run(['run', '--until-end'])).err).toContain('done');
    expect(await ok('query', 'user-totals', 'u1', '--format', 'ndjson')).toBe(
      '{"key":"u1","value":{"user_id":"u1","order_count":2,"total_cents":1030,"paid_cents":20,"last_order_at":1000},"timestamp":2000}\n',
    );
    const rows = ndjson(await ok('query', 'order-status', '--from', 'o1', '--to', 'o2', '--format', 'ndjson'));
    expect(rows).toMatchObject([
      { key: 'o1', value: { status: 'PAID', paid_cents: 20 } },
      { key: 'o2', value: { status: 'CREATED', paid_cents: 0 } },
    ]);
    expect(
      await ok('sql', 'SELECT status, count(*) AS n FROM "order-status" GROUP BY 1 ORDER BY 1', '--format', 'csv'),
    ).toBe('status,n\nCREATED,1\nPAID,1\n');
    expect(await ok('query', 'user-totals', '--prefix', 'u', '--limit', '1')).toMatch(/^key +user_id +order_count/);
    expect(await bench.run(['query', 'user-totals', 'u9'])).toMatchObject({ code: 1, out: '' });
    expect(await bench.run(['query', 'user-total'])).toMatchObject({
      code: 2,
      err: expect.stringContaining("'user-totals'"),
    });
    expect(await bench.run(['sql', 'DELETE FROM "user-totals"'])).toMatchObject({ code: 2, out: '' });
    const derived = ndjson(await ok('tail', 'user-totals', '--from-beginning', '--until-end', '--format', 'ndjson'));
    expect(derived.at(-1)).toMatchObject({ topic: 'user-totals', key: 'u1', value: { total_cents: 1030 } });
    const listed = ndjson(await ok('topics', '--format', 'ndjson'));
    expect(listed).toContainEqual({ topic: 'orders', partitions: 4, records: 2 });
  });

  it('the state is chosen by the application id where several have the store', async () => {
    await ok('import', 'orders', bench.file('orders.ndjson', order('o1')));
    await ok('run', '--until-end');
    await ok('run', 'orders', '--until-end', '--application-id', 'again');
    const both = await bench.run(['query', 'user-totals']);
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('--application-id again or orders') });
    expect(ndjson(await ok('query', 'user-totals', '--application-id', 'again', '--format', 'ndjson'))).toHaveLength(1);
  });

  it('runs a topology from a file, which then has the only state with its store', async () => {
    const file = fileURLToPath(new URL('counting-topology.ts', import.meta.url));
    expect(await ok('topology', file)).toContain('Topology counting');
    await ok('run', 'orders', file, '--until-end');
    expect(await ok('query', 'payments-per-order', '--format', 'ndjson')).toBe('');
    expect(await bench.run(['run', fileURLToPath(import.meta.resolve('./cli-bench.ts'))])).toMatchObject({
      code: 1,
      err: expect.stringContaining('it exports no topology'),
    });
  });

  it('serves HTTP while it runs, and a signal ends it cleanly', async () => {
    await ok('import', 'orders', bench.file('orders.ndjson', order('o1')));
    const address = Promise.withResolvers<string>();
    const onTalk = (text: string): void => {
      const found = /http: (\S+)\/stores/.exec(text);
      if (found?.[1] !== undefined) address.resolve(found[1]);
    };
    const running = bench.run(['run', '--http', '0'], { onTalk });
    const url = await address.promise;
    const row = async (): Promise<unknown> => (await fetch(`${url}/stores/user-totals/u1`)).json();
    await expect.poll(row, { timeout: 5000 }).toMatchObject({ key: 'u1', value: { total_cents: 1010 } });
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ status: 'ok' });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('millrace_records_processed_total');
    bench.controller.abort();
    expect(await running).toMatchObject({ code: 0, err: expect.stringContaining('stopped') });
  });
});

describe('bad lines', () => {
  const bad = '{"order_id":"o2"}';

  function file(): string {
    const notUtf8 = Buffer.concat([
      Buffer.from(`${order('o1')}\n${bad}\n`),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(order('o3')),
    ]);
    return bench.file('orders.ndjson', notUtf8);
  }

  it('stop the import, with file, line and reason', async () => {
    const path = file();
    const { code, err } = await bench.run(['import', 'orders', path]);
    expect(code).toBe(1);
    expect(err).toContain(`${path}:2: user_id is missing, but must be a text that is not empty`);
    expect(err).toContain('orders: 0 events written');
  });

  it('are skipped where asked, told and counted', async () => {
    const path = file();
    const { code, err } = await bench.run(['import', 'orders', path, '--on-error', 'skip']);
    expect(code).toBe(0);
    expect(err).toBe(
      `${path}:2: user_id is missing, but must be a text that is not empty\n${path}:3: it is not UTF-8\norders: 2 events written; 2 bad lines\n`,
    );
  });

  it('become dead letters where asked, the same bytes and the cause', async () => {
    const path = file();
    await ok('import', 'orders', path, '--on-error', 'dead-letter');
    const letters = ndjson(
      await ok('tail', 'orders-dead-letters', '--from-beginning', '--until-end', '--format', 'ndjson'),
    );
    expect(letters).toMatchObject([
      { key: null, value: bad },
      { key: null, value: '0xff' },
    ]);
    const headers = Object.fromEntries((letters[0] as { headers: [string, string][] }).headers);
    expect(headers).toMatchObject({
      '__streams.errors.exception': 'EVENT_INVALID',
      '__streams.errors.message': 'user_id is missing, but must be a text that is not empty',
      '__streams.errors.file': path,
      '__streams.errors.line': '2',
    });
  });

  it('a file cut short is an error of the file', async () => {
    const whole = gzipSync(Array.from({ length: 1000 }, (_, index) => order(`o${index}`)).join('\n'));
    const path = bench.file('cut.ndjson.gz', whole.subarray(0, whole.length - 20));
    const { code, err } = await bench.run(['import', 'orders', path]);
    expect(code).toBe(1);
    expect(err).toContain(`The file ${path} cannot be read: unexpected end of file`);
  });
});

describe('simulate and demo', () => {
  it('the same seed writes the same events', async () => {
    const seen = async (): Promise<string> => {
      await ok('simulate', '--orders', '20', '--seed', '3', '--partitions', '1');
      return ok('tail', 'payments', '--from-beginning', '--until-end', '--format', 'text');
    };
    const first = await seen();
    expect(first.split('\n').length).toBeGreaterThan(15);
    bench.remove();
    bench = new CliBench();
    expect(await seen()).toBe(first);
  });

  it('a rate is kept', async () => {
    const began = performance.now();
    await ok('simulate', '--orders', '2', '--rate', '200');
    const events = ndjson(await ok('topics', '--format', 'ndjson')) as { records: number }[];
    const count = events.reduce((sum, { records }) => sum + records, 0);
    expect(performance.now() - began).toBeGreaterThan(((count - 1) / 200) * 1000);
  });

  it('the demo shows customers and statuses, and can be run again', async () => {
    const first = await bench.run(['demo', '--orders', '200']);
    expect(first.code).toBe(0);
    expect(first.out).toContain('Top customers');
    expect(first.out).toMatch(/^DELIVERED +\d+ +\d+\.\d\d$/m);
    expect(first.err).toContain('npx millrace query user-totals');
    expect(await bench.run(['demo', '--orders', '200'])).toMatchObject({ code: 0, out: first.out });
  });

  it('the demo leaves a folder alone that it has not made', async () => {
    await ok('simulate', '--orders', '1', '--data-dir', `${bench.dataDir}/demo`);
    expect(await bench.run(['demo'])).toMatchObject({ code: 2, err: expect.stringContaining('has not made') });
  });
});
