import { setTimeout as delay } from 'node:timers/promises';
import { failure, isMillraceError } from '../../errors.ts';
import { type BrokerError, brokerErrors } from './broker-error.ts';

/**
 * What helps against an error: `again` the same request in a moment, `refresh` the leaders, `coordinator` look it up
 * anew, `reconnect`, `unknown-topic` wait a little (a new topic is not known everywhere at once), `abort` the transaction,
 * `fenced` nothing for this identity, `fail` nothing.
 */
export type Remedy = 'again' | 'refresh' | 'coordinator' | 'reconnect' | 'unknown-topic' | 'abort' | 'fenced' | 'fail';

/** The one place that says which errors pass. */
export function remedyOf(error: unknown): Remedy {
  const errors = brokerErrors(error);
  if (errors.length === 0) return isConnectionError(error) ? 'reconnect' : 'fail';
  const remedies = errors.map(({ id }) => remedyOfId(id));
  // One hopeless part of an answer makes the whole call hopeless.
  return remedies.find(isHopeless) ?? remedies[0] ?? 'fail';
}

/** True where the same request will fail again. */
export function isHopeless(remedy: Remedy): boolean {
  return remedy === 'fail' || remedy === 'fenced' || remedy === 'abort';
}

export function remedyOfId(id: string): Remedy {
  switch (id) {
    // The previous transaction's markers are still being written.
    case 'CONCURRENT_TRANSACTIONS':
    // Stands in for CONCURRENT_TRANSACTIONS where a partition is added to a transaction; else replicas are catching up.
    case 'NOT_ENOUGH_REPLICAS':
    case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
    // Likewise for offsets; else the coordinator reads its log after a start.
    case 'COORDINATOR_LOAD_IN_PROGRESS':
    // A transaction holds the offset; it ends, or the broker ends it.
    case 'UNSTABLE_OFFSET_COMMIT':
    // The broker is slow or asks for less.
    case 'REQUEST_TIMED_OUT':
    case 'THROTTLING_QUOTA_EXCEEDED':
    // A leader that was just elected does not know its high watermark yet.
    case 'OFFSET_NOT_AVAILABLE':
      return 'again';
    // The leader moved, or is being elected.
    case 'NOT_LEADER_OR_FOLLOWER':
    case 'LEADER_NOT_AVAILABLE':
    case 'FENCED_LEADER_EPOCH':
    case 'UNKNOWN_LEADER_EPOCH':
    case 'REPLICA_NOT_AVAILABLE':
    case 'BROKER_NOT_AVAILABLE':
    case 'KAFKA_STORAGE_ERROR':
    case 'NOT_CONTROLLER':
    case 'NETWORK_EXCEPTION':
      return 'refresh';
    // The topic is new, or was deleted and made again under another id.
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'UNKNOWN_TOPIC_ID':
    case 'INCONSISTENT_TOPIC_ID':
      return 'unknown-topic';
    // The coordinator moved, or its internal topic is being made.
    case 'NOT_COORDINATOR':
    case 'COORDINATOR_NOT_AVAILABLE':
      return 'coordinator';
    // The transaction cannot be ended as a commit; the broker has no fault to find with the producer.
    case 'TRANSACTION_ABORTABLE':
    case 'INVALID_TXN_STATE':
    // The broker's and the producer's view of the numbers differ; a new epoch starts them anew.
    case 'OUT_OF_ORDER_SEQUENCE_NUMBER':
    case 'DUPLICATE_SEQUENCE_NUMBER':
    case 'UNKNOWN_PRODUCER_ID':
    case 'INVALID_PRODUCER_ID_MAPPING':
      return 'abort';
    // A newer producer of the same id.
    case 'PRODUCER_FENCED':
    case 'INVALID_PRODUCER_EPOCH':
    // The group gave the member's place away.
    case 'ILLEGAL_GENERATION':
    case 'UNKNOWN_MEMBER_ID':
    case 'STALE_MEMBER_EPOCH':
    case 'FENCED_MEMBER_EPOCH':
    case 'FENCED_INSTANCE_ID':
      return 'fenced';
    // A wrong request, a missing right, a broken invariant: the same request fails again.
    default:
      return 'fail';
  }
}

/** Codes of a wrong password or of a plain client on a TLS port, and the beginnings of TLS's own about certificates. */
const REFUSALS = /^(PLT_KFK_AUTHENTICATION|PLT_KFK_USER|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;

/** The error within that says why the broker is no match for these settings: no lost connection, it never gets better. */
export function refusalIn(error: unknown): Error | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && REFUSALS.test(String(error.code))) return error;
  const inner: unknown[] = error instanceof AggregateError ? [error.cause, ...error.errors] : [error.cause];
  for (const one of inner) {
    const found = refusalIn(one);
    if (found !== null) return found;
  }
  return null;
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error) || isMillraceError(error) || refusalIn(error) !== null) return false;
  const code = 'code' in error ? error.code : undefined;
  return code === 'PLT_KFK_NETWORK' || code === 'PLT_KFK_TIMEOUT' || code === 'PLT_KFK_MULTIPLE';
}

/** Milliseconds before the next try: transactions of a healthy broker are over at once, brokers take longer. */
export function backoffMs(remedy: Remedy, attempt: number): number {
  return remedy === 'again' ? Math.min(20, 2 + attempt * 4) : Math.min(500, 20 * 2 ** Math.min(attempt, 5));
}

export interface RetryOptions {
  /** Names the call in errors. */
  readonly what: string;
  readonly timeoutMs: number;
  /** Does what the remedy says, before the next try. Its own failure counts as one more try. */
  readonly remedy?: (remedy: Remedy) => Promise<void> | void;
}

const NEW_TOPIC_MS = 3000;

/** Calls until it succeeds, or fails for good. Throws a MillraceError, with the broker's error as its cause. */
export async function retrying<T>(call: () => Promise<T>, { what, timeoutMs, remedy }: RetryOptions): Promise<T> {
  const started = Date.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const kind = remedyOf(error);
      const limitMs = kind === 'unknown-topic' ? Math.min(NEW_TOPIC_MS, timeoutMs) : timeoutMs;
      if (isHopeless(kind) || Date.now() - started > limitMs) throw asMillraceError(error, what, Date.now() - started);
      await delay(backoffMs(kind, attempt));
      // The next call meets the same trouble if this did not help.
      await Promise.resolve(remedy?.(kind)).catch(() => {});
    }
  }
}

/** The error that callers of the port get. */
export function asMillraceError(error: unknown, what: string, waitedMs: number): unknown {
  if (isMillraceError(error)) return error;
  const first: BrokerError | undefined = brokerErrors(error).find(({ id }) => remedyOfId(id) === remedyOf(error));
  const refusal = refusalIn(error);
  const words = (first ?? refusal)?.message ?? (error instanceof Error ? error.message : String(error));
  const reason = words.replace(/\.$/, '');
  switch (remedyOf(error)) {
    case 'unknown-topic':
      return failure('TOPIC_UNKNOWN', { topic: first?.detail ?? `(${what})` }, error);
    case 'abort':
      return failure('TRANSACTION_ABORTED', { reason }, error);
    case 'fail':
    case 'fenced':
      return first === undefined && refusal === null ? error : failure('KAFKA_REFUSED', { what, reason }, error);
    default:
      return failure('KAFKA_TIMED_OUT', { what, reason, waitedMs }, error);
  }
}
