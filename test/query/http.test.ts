import { Counter, Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../../src/errors.ts';
import { createHttpApp } from '../../src/query/http.ts';
import type { StoreViews, ViewRange } from '../../src/query/store-views.ts';

const rows = new Map([
  ['u1', { key: 'u1', value: { total_cents: 9007199254740993n, note: null }, timestamp: 5 }],
  ['a/b ü', { key: 'a/b ü', value: 1, timestamp: 6 }],
]);
const asked: ViewRange[] = [];
const views: StoreViews = {
  stores: () => [{ name: 'user-totals' }],
  get: (store, key) => {
    requireStore(store);
    if (key === 'bad') throw failure('STORE_KEY_INVALID', { store, key, reason: 'it is bad' });
    if (key === 'boom') throw new Error('secret path /etc');
    if (key === 'busy') throw failure('LOG_BUSY', { path: 'x', waitedMs: 1 });
    return rows.get(key);
  },
  range: (store, query) => {
    requireStore(store);
    asked.push(query);
    return rows.values();
  },
};

function requireStore(store: string): void {
  if (store !== 'user-totals') throw failure('STORE_UNKNOWN', { store, hint: "Did you mean 'user-totals'?" });
}

const metrics = new Registry();
new Counter({ name: 'things_total', help: 'Things', registers: [metrics] }).inc(3);
let ready = true;
const onError = vi.fn();
const app = createHttpApp({
  stores: views,
  metrics,
  health: { live: () => ({ ok: true }), ready: () => ({ ok: ready, details: { state: 'restoring' } }) },
  onError,
});

async function get(url: string): Promise<{ status: number; text: string; type: unknown }> {
  const { statusCode, payload, headers } = await app.inject(url);
  return { status: statusCode, text: payload, type: headers['content-type'] };
}

afterEach(() => {
  asked.length = 0;
  ready = true;
});

describe('stores', () => {
  it('lists them', async () => {
    expect(await get('/stores')).toEqual({
      status: 200,
      text: '[{"name":"user-totals"}]',
      type: 'application/json; charset=utf-8',
    });
  });

  it('gives a row by its key, integers exact', async () => {
    const { text } = await get('/stores/user-totals/u1');
    expect(text).toBe('{"key":"u1","value":{"total_cents":9007199254740993,"note":null},"timestamp":5}');
  });

  it('takes keys with any characters, and long ones', async () => {
    expect(JSON.parse((await get(`/stores/user-totals/${encodeURIComponent('a/b ü')}`)).text).value).toBe(1);
    expect(JSON.parse((await get(`/stores/user-totals/${'k'.repeat(3000)}`)).text).error.code).toBe('KEY_UNKNOWN');
  });

  it('gives rows of a range, at most 100 unless asked', async () => {
    expect(JSON.parse((await get('/stores/user-totals')).text)).toHaveLength(2);
    await get('/stores/user-totals?from=a&to=b&prefix=c&limit=10000');
    expect(asked).toEqual([{ limit: 100 }, { from: 'a', to: 'b', prefix: 'c', limit: 10000 }]);
  });

  it.each([
    ['/stores/user-totals/u9', 404, 'KEY_UNKNOWN', "Store user-totals has no key 'u9'."],
    ['/stores/user-total/u1', 404, 'STORE_UNKNOWN', "Did you mean 'user-totals'?"],
    ['/stores/user-total', 404, 'STORE_UNKNOWN', "Did you mean 'user-totals'?"],
    ['/stores/user-totals/bad', 400, 'STORE_KEY_INVALID', 'it is bad'],
    ['/stores/user-totals?limit=0', 400, 'REQUEST_INVALID', "limit is '0', but must be a whole number from 1 to 10000"],
    ['/stores/user-totals?limit=x', 400, 'REQUEST_INVALID', "limit is 'x'"],
    ['/stores/user-totals?limit=1&limit=2', 400, 'REQUEST_INVALID', "'limit' is given more than once"],
    ['/stores/user-totals?form=a', 400, 'REQUEST_INVALID', 'Did you mean from?'],
    ['/stores/user-totals/%zz', 400, 'REQUEST_INVALID', '%zz'],
    ['/nothing', 404, 'PATH_UNKNOWN', 'GET /nothing'],
    ['/stores/user-totals/busy', 503, 'LOG_BUSY', 'locked'],
  ])('%s is answered with %i %s', async (url, status, code, message) => {
    const reply = await get(url);
    const { error } = JSON.parse(reply.text);
    expect([reply.status, error.code, reply.type]).toEqual([status, code, 'application/json; charset=utf-8']);
    expect(error.message).toContain(message);
  });

  it('keeps what went wrong inside to itself, and tells the worker', async () => {
    const reply = await get('/stores/user-totals/boom');
    expect(reply.status).toBe(500);
    expect(reply.text).not.toContain('secret');
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'secret path /etc' }));
  });

  it('does not take writes', async () => {
    expect((await app.inject({ method: 'POST', url: '/stores/user-totals/u1', payload: {} })).statusCode).toBe(404);
  });
});

describe('metrics and health', () => {
  it('metrics in text form', async () => {
    const reply = await get('/metrics');
    expect(reply.text).toContain('things_total 3');
    expect(reply.type).toMatch(/^text\/plain/);
  });

  it('200 where it is well, 503 where not', async () => {
    expect(await get('/health/live')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(await get('/health/ready')).toMatchObject({ status: 200 });
    ready = false;
    expect(await get('/health/ready')).toMatchObject({
      status: 503,
      text: '{"status":"unavailable","state":"restoring"}',
    });
  });
});
