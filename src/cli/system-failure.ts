import { failure, isMillraceError } from '../errors.ts';

const RIGHTS = 'Give this user the right to it, or choose another path.';
const NO_FOLDER = 'A part of the path is a file where a folder should be: correct the path.';
const FULL = 'The disk is full: free some space.';
const HANDLES = 'Too many files are open: close some, or raise the limit (ulimit -n).';

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EROFS: 'The disk may only be read: choose another path.',
  ENOTDIR: NO_FOLDER,
  EEXIST: NO_FOLDER,
  EISDIR: 'It is a folder where a file should be: correct the path.',
  ENOENT: 'It does not exist: correct the path.',
  ENOSPC: FULL,
  EDQUOT: FULL,
  EMFILE: HANDLES,
  ENFILE: HANDLES,
  EIO: 'Check the disk.',
};

/** What was tried, by the name of the system's call. */
const TRIED: Readonly<Record<string, string>> = {
  mkdir: 'make',
  rm: 'remove',
  rmdir: 'remove',
  unlink: 'remove',
  open: 'open',
  write: 'write',
  fsync: 'write',
};

/** An error of the operating system as a sentence, SYSTEM_REFUSED; any other error as it is. */
export function systemFailure(error: unknown): unknown {
  if (isMillraceError(error) || !isSystemError(error)) return error;
  const { code, syscall, path, message } = error;
  const what = `${TRIED[syscall] ?? 'read'} ${path ?? 'the output'}`;
  const reason = message.replace(/, \w+( '.*)?$/, '');
  const advice = ADVICE[code] ?? 'Check the path, its rights and the disk.';
  return failure('SYSTEM_REFUSED', { what, reason, advice }, error);
}

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string';
}
