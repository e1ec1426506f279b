import { type ErrorCode, isMillraceError } from '../errors.ts';

/** What a client gets instead of an answer. */
export interface ErrorReply {
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
}

/** The errors that are about the request. Others are ours: 503 where the same request may succeed later, else 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  STORE_KEY_INVALID: 400,
  STORE_PREFIX_INVALID: 400,
  SQL_INVALID: 400,
  STORE_UNKNOWN: 404,
  KEY_UNKNOWN: 404,
  PATH_UNKNOWN: 404,
  STATE_FILE_MISSING: 503,
};

/** The reply to an error. What is not an error of Millrace shows no more than that something went wrong. */
export function errorReply(error: unknown): ErrorReply {
  if (isMillraceError(error)) {
    const { code, message } = error;
    return { status: STATUS[code] ?? (error.retryable ? 503 : 500), body: { error: { code, message } } };
  }
  const status = clientStatus(error);
  if (status !== undefined) return { status, body: { error: { code: 'REQUEST_INVALID', message: messageOf(error) } } };
  return { status: 500, body: { error: { code: 'INTERNAL', message: 'Something went wrong; the log says what.' } } };
}

/** The web framework gives its own complaints about a request a status. */
function clientStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
