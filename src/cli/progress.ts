import { SingleBar } from 'cli-progress';
import type { Output } from './command.ts';

/** How far a piece of work is; seen only where a person watches. */
export interface Progress {
  update(done: number, note?: string): void;
  stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };

/** A bar on stderr where that is a terminal (the library moves its cursor itself); nothing elsewhere. */
export function showProgress(stderr: Output, title: string, total: number): Progress {
  if (!stderr.isTTY) return SILENT;
  const bar = new SingleBar({
    format: `${title.padEnd(14)} {bar} {percentage}% {note}`,
    stream: process.stderr,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  });
  bar.start(Math.max(1, total), 0, { note: '' });
  return {
    update: (done, note = '') => bar.update(Math.min(done, total), { note }),
    stop: () => bar.stop(),
  };
}
