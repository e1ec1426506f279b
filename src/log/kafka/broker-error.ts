import { protocolErrorsCodesById } from '@platformatic/kafka';

/** Codes newer than the client library's table. */
const NEWER: Readonly<Record<number, string>> = {
  128: 'INVALID_REGULAR_EXPRESSION',
  129: 'REBOOTSTRAP_REQUIRED',
  130: 'STREAMS_INVALID_TOPOLOGY',
  131: 'STREAMS_INVALID_TOPOLOGY_EPOCH',
  132: 'STREAMS_TOPOLOGY_FENCED',
};

/** An error code in a broker's answer. Stays inside the driver: callers get a MillraceError. */
export class BrokerError extends Error {
  readonly api: string;
  /** Kafka's name of the error, as `NOT_COORDINATOR`. */
  readonly id: string;
  /** The broker's own words, if any. */
  readonly detail: string | null;

  constructor(api: string, code: number | string, detail: string | null = null) {
    const id = typeof code === 'string' ? code : errorId(code);
    super(`${api}: ${id}${detail === null ? '' : ` (${detail})`}`);
    this.name = 'BrokerError';
    this.api = api;
    this.id = id;
    this.detail = detail;
  }
}

export function errorId(code: number): string {
  return protocolErrorsCodesById[code] ?? NEWER[code] ?? `ERROR_${code}`;
}

/** Throws for a code other than 0. */
export function requireOk(api: string, code: number, detail: string | null = null): void {
  if (code !== 0) throw new BrokerError(api, code, detail);
}

/** The error codes that an error carries, whichever layer made it; empty for lost connections and the like. */
export function brokerErrors(error: unknown): readonly BrokerError[] {
  if (error instanceof BrokerError) return [error];
  if (!(error instanceof AggregateError)) return [];
  return error.errors.flatMap((inner) => {
    const id: unknown = inner?.apiId;
    if (typeof id !== 'string') return brokerErrors(inner);
    const detail: unknown = inner.serverErrorMessage;
    return [new BrokerError('Kafka', id, typeof detail === 'string' ? detail : null)];
  });
}
