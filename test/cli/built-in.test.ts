import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliBench, ndjson } from './cli-bench.ts';

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

describe('the pipelines that come with Millrace', () => {
  it('run in one process, and their windows can be queried', async () => {
    await ok('simulate', '--orders', '200', '--seed', '5');
    const { err } = await bench.run(['run', '--until-end']);
    for (const name of ['orders', 'behaviour', 'analytics']) expect(err).toContain(`${name}: running`);
    const [day] = ndjson(
      await ok('query', 'revenue-per-day', '--prefix', 'product-0', '--limit', '1', '--format', 'ndjson'),
    );
    expect(day).toMatchObject({ key: { key: 'product-0000000', _window_start: Date.UTC(2025, 11, 31, 23) } });
    const { key } = day as { key: object };
    expect(ndjson(await ok('query', 'revenue-per-day', JSON.stringify(key), '--format', 'ndjson'))).toEqual([day]);
    const sql = 'SELECT sum(converted) AS n, sum(orders) AS orders FROM sessions';
    const [total] = ndjson(await ok('sql', sql, '--format', 'ndjson'));
    expect(total).toMatchObject({ orders: 200 });
    const unclear = await bench.run(['sql', 'SELECT count(*) FROM sessions, "user-totals"']);
    expect(unclear).toMatchObject({ code: 2, err: expect.stringContaining('--application-id behaviour or orders') });
    const described = await ok('topology', 'behaviour', 'analytics');
    expect(described).toContain("cogroup 'visits'");
    expect(described).toContain("join 'orders-with-payments'");
  });
});
