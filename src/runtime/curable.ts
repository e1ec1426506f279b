import { isMillraceError } from '../errors.ts';

/** Worth beginning again from what is committed. */
export function isCurable(error: unknown): boolean {
  return isMillraceError(error) && (error.code === 'FENCED' || error.retryable || isCutOff(error));
}

/** Somebody else has a task that was here, or had one that is here now, and has purged what was just being read. */
function isCutOff(error: unknown): boolean {
  if (!isMillraceError(error, 'OFFSET_OUT_OF_RANGE')) return false;
  const { offset, earliest } = error.context;
  return Number(earliest) > Number(offset);
}

/** What is told of it. */
export function recoveryText(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `The worker begins again from its last commit: ${reason}`;
}
