import { isMillraceError } from '../errors.ts';
import type { Headers } from './port.ts';

/**
 * The cause of a dead letter as headers, under Kafka Streams' names: `exception`, `message`, `stacktrace`, and where the
 * record was, each behind `__streams.errors.`.
 */
export function causeHeaders(error: unknown, place: Readonly<Record<string, string | number>>): Headers {
  const cause = error instanceof Error ? error : new Error(String(error));
  const fields = {
    exception: isMillraceError(cause) ? cause.code : cause.name,
    message: reasonOf(cause),
    stacktrace: cause.stack ?? '',
    ...place,
  };
  return Object.entries(fields).map(([name, value]) => [`__streams.errors.${name}`, Buffer.from(String(value))]);
}

/** Why, without the sentence around it where the error has one. */
export function reasonOf(error: unknown): string {
  if (isMillraceError(error) && typeof error.context['reason'] === 'string') return error.context['reason'];
  return error instanceof Error ? error.message : String(error);
}
