import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { failure } from '../errors.ts';
import { errorReply } from './error-reply.ts';
import { exactJson } from './exact-json.ts';
import { type Health, healthRoutes } from './health-routes.ts';
import { storeRoutes } from './store-routes.ts';
import type { StoreViews } from './store-views.ts';

export interface HttpAppOptions {
  readonly stores: StoreViews;
  readonly metrics: Registry;
  readonly health: Health;
  /** Told of errors that are not the client's. */
  readonly onError?: (error: unknown) => void;
}

/** Longer keys are refused by the router. */
const LONGEST_KEY = 4096;

/**
 * The HTTP API of a worker; `listen` it, or `inject` requests. It only reads: stores as JSON with exact integers,
 * metrics, health. Errors are `{"error": {"code", "message"}}`.
 */
export function createHttpApp({ stores, metrics, health, onError = () => {} }: HttpAppOptions): FastifyInstance {
  const app = fastify({
    routerOptions: { maxParamLength: LONGEST_KEY },
    frameworkErrors: (error, _, reply) => send(reply, error),
    forceCloseConnections: true,
  });
  app.setReplySerializer((payload) => exactJson(payload));
  app.setErrorHandler((error, _, reply) => {
    if (errorReply(error).status >= 500) onError(error);
    return send(reply, error);
  });
  app.setNotFoundHandler((request, reply) =>
    send(reply, failure('PATH_UNKNOWN', { path: `${request.method} ${request.url}` })),
  );
  storeRoutes(app, stores);
  healthRoutes(app, health, metrics);
  return app;
}

function send(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, body } = errorReply(error);
  return reply.code(status).type('application/json; charset=utf-8').send(exactJson(body));
}
