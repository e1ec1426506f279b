import type { FastifyInstance } from 'fastify';
import { failure } from '../errors.ts';
import { nearest } from '../util/nearest.ts';
import type { StoreViews, ViewRange, ViewRow } from './store-views.ts';

const DEFAULT_LIMIT = 100;
const MOST = 10_000;
const PARAMETERS = ['from', 'to', 'prefix', 'limit'] as const;

/** `GET /stores`, `/stores/{store}?from=&to=&prefix=&limit=` and `/stores/{store}/{key}`. */
export function storeRoutes(app: FastifyInstance, views: StoreViews): void {
  app.get('/stores', () => views.stores());
  app.get<{ Params: { store: string }; Querystring: Record<string, unknown> }>(
    '/stores/:store',
    ({ params, query }) => [...views.range(params.store, rangeOf(query))],
  );
  app.get<{ Params: { store: string; key: string } }>('/stores/:store/:key', ({ params }) =>
    rowOf(views, params.store, params.key),
  );
}

function rowOf(views: StoreViews, store: string, key: string): ViewRow {
  const row = views.get(store, key);
  if (row === undefined) throw failure('KEY_UNKNOWN', { store, key });
  return row;
}

function rangeOf(query: Record<string, unknown>): ViewRange {
  for (const name of Object.keys(query)) requireKnown(name);
  const [from, to, prefix, limit] = PARAMETERS.map((name) => single(query, name));
  return {
    limit: limit === undefined ? DEFAULT_LIMIT : limitOf(limit),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(prefix !== undefined && { prefix }),
  };
}

function requireKnown(name: string): void {
  if (PARAMETERS.some((known) => known === name)) return;
  const meant = nearest(name, PARAMETERS);
  const hint = meant === undefined ? `There are ${PARAMETERS.join(', ')}` : `Did you mean ${meant}`;
  throw failure('REQUEST_INVALID', { reason: `there is no parameter '${name}'. ${hint}${meant ? '?' : '.'}` });
}

function single(query: Record<string, unknown>, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw failure('REQUEST_INVALID', { reason: `the parameter '${name}' is given more than once.` });
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MOST) return limit;
  throw failure('REQUEST_INVALID', { reason: `limit is '${text}', but must be a whole number from 1 to ${MOST}.` });
}
