import type { TaskScope } from '../../topology/task-scope.ts';
import type { WindowClock } from './window-clock.ts';
import type { WindowCloser } from './window-closer.ts';

/** How often in the idle time the clock on the wall is looked at: windows close that much late at most. */
const LOOKS = 10;

/**
 * Closes all windows when their inputs have been idle for `idleMs` by the clock on the wall. Their time then moves to
 * where the last of them closes, so that what has come out stays true: a record for one of them is late. How long the
 * inputs have been idle is forgotten in a restart, and counts anew.
 */
export function closeWhenIdle<K, A>(
  scope: TaskScope,
  { idleMs, clocks, closer }: { idleMs: number; clocks: readonly WindowClock[]; closer: WindowCloser<K, A> },
): void {
  let seen = 0;
  let idleSince: number | undefined;
  scope.schedule('wallClock', Math.max(1, Math.ceil(idleMs / LOOKS)), (now) => {
    const taken = clocks.reduce((sum, clock) => sum + clock.taken, 0);
    if (taken !== seen || idleSince === undefined) {
      seen = taken;
      idleSince = now;
    } else if (now - idleSince >= idleMs) {
      const closedAt = closer.closeAll();
      if (closedAt !== undefined) for (const clock of clocks) clock.moveTo(closedAt);
    }
  });
}
