import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';

/** How something is, for who decides about restarts and traffic. */
export interface HealthReport {
  readonly ok: boolean;
  /** What else there is to say: state, lag, … Becomes part of the answer. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface Health {
  /** False where only a new start helps. */
  live(): HealthReport;
  /** False while it cannot answer for its state: starting, restoring, stopping. */
  ready(): HealthReport;
}

/** `GET /health/live` and `/health/ready` (200 or 503), and `/metrics` in Prometheus' text form. */
export function healthRoutes(app: FastifyInstance, health: Health, metrics: Registry): void {
  app.get('/health/live', (_, reply) => answer(reply, health.live()));
  app.get('/health/ready', (_, reply) => answer(reply, health.ready()));
  app.get('/metrics', async (_, reply) => {
    reply.type(metrics.contentType);
    return reply.send(await metrics.metrics());
  });
}

function answer(reply: FastifyReply, { ok, details }: HealthReport): object {
  reply.code(ok ? 200 : 503);
  return { status: ok ? 'ok' : 'unavailable', ...details };
}
