import { dirname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { failure } from '../errors.ts';
import { createHttpApp } from '../query/http.ts';
import type { StoreViews } from '../query/store-views.ts';
import type { Worker } from '../runtime/worker.ts';
import { openStateReaders, type StateReader } from '../state/sqlite/state-reader.ts';
import type { Output } from './command.ts';

export interface ServedWorkers {
  readonly address: string;
  close(): Promise<void>;
}

export interface Serving {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What all of the workers count in. */
  readonly metrics: Registry;
  readonly stderr: Output;
}

/** Serves the stores, metrics and health of workers. */
export async function serveWorkers(workers: readonly Worker[], serving: Serving): Promise<ServedWorkers> {
  const { host, port, metrics, stderr } = serving;
  const readers = workers.map(({ stateFile }) => openStateReaders(dirname(stateFile)));
  const app: FastifyInstance = createHttpApp({
    stores: joinedViews(readers),
    metrics,
    health: {
      live: () => ({ ok: workers.every(({ state }) => state !== 'failed'), details: details(workers) }),
      ready: () => ({ ok: workers.every(isReady), details: details(workers) }),
    },
    onError: (error) => void stderr.write(`http: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`),
  });
  const close = async (): Promise<void> => {
    await app.close();
    for (const reader of readers) reader.close();
  };
  const address = await app.listen({ host, port }).catch(async (error: unknown) => {
    await close();
    throw listenFailure(error, { host, port });
  });
  return { address, close };
}

/** A worker that is cut off still answers, but what it knows grows old. */
function isReady({ state, silence }: Worker): boolean {
  return state === 'running' && silence === null;
}

function details(workers: readonly Worker[]): Record<string, unknown> {
  const entries = workers.map(({ settings, state, lag, silence }) => {
    const reason = silence === null ? {} : { reason: silence.message };
    return [settings.applicationId, { state, lag, ...reason }];
  });
  return { workers: Object.fromEntries(entries) };
}

/** The stores of several applications: the first that has a store answers for it. */
function joinedViews(readers: readonly StateReader[]): StoreViews {
  const owner = (store: string): StateReader | undefined =>
    readers.find((reader) => reader.stores().some(({ name }) => name === store)) ?? readers[0];
  return {
    stores: () => readers.flatMap((reader) => reader.stores()),
    get: (store, key) => owner(store)?.get(store, key),
    range: (store, query) => owner(store)?.range(store, query) ?? [],
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'Ports below 1024 need rights that this user lacks: choose a higher one with --http.',
};
const NO_SUCH_ADDRESS = 'Give an address of this machine with --http-host: 127.0.0.1, or 0.0.0.0 for all.';

/** PORT_TAKEN or HTTP_UNAVAILABLE for an address that cannot be listened on. */
function listenFailure(error: unknown, at: { host: string; port: number }): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error;
  if (error.code === 'EADDRINUSE') return failure('PORT_TAKEN', at, error);
  const advice = ADVICE[String(error.code)] ?? NO_SUCH_ADDRESS;
  return failure('HTTP_UNAVAILABLE', { ...at, reason: error.message, advice }, error);
}
