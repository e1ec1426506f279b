import { expect, test } from 'vitest';
import { AsyncLane, type Unit } from '../../src/runtime/async-lane.ts';
import { ErrorPolicy } from '../../src/runtime/error-policy.ts';
import { RecordQueue } from '../../src/runtime/record-queue.ts';
import { systemTimers, type Timers } from '../../src/runtime/timers.ts';
import { asFetched } from '../../src/testing/captured-log.ts';
import type { AsyncStep } from '../../src/topology/task-scope.ts';

const NO_HEADERS = [] as const;
const errors = new ErrorPolicy({
  settings: { deserializationErrors: 'fail', processingErrors: 'fail', productionErrors: 'fail' },
  deadLetter: () => {},
  count: () => {},
});

/** Timers that never come, and how many there are. */
function countedTimers(): Timers & { readonly open: Set<object> } {
  const open = new Set<object>();
  return {
    open,
    after: () => {
      const timer = {};
      open.add(timer);
      return () => void open.delete(timer);
    },
    pause: systemTimers.pause,
  };
}

function entered(call: AsyncStep['call'], timers: Timers): AsyncLane {
  const step = { concurrency: 2, retries: 9, retryDelayMs: 60_000, timeoutMs: 60_000, onError: 'fail' } as const;
  const lane = new AsyncLane('step', { ...step, call, emit: () => {} }, { timers, errors });
  const queue = new RecordQueue({ topic: 'in', partition: 0, position: 0, end: 1 });
  const source = asFetched({ key: null, value: null, timestamp: 0, headers: NO_HEADERS, offset: 0 });
  queue.push({ topic: 'in', partition: 0, records: [source], position: 1, end: 1, highWatermark: 1 });
  const unit: Unit = { queue, source, entries: [], open: 0 };
  lane.enter({ key: null, value: null, timestamp: 0, headers: NO_HEADERS }, unit);
  return lane;
}

test('given up, it leaves no timer behind, though the call never ends', async () => {
  const timers = countedTimers();
  const lane = entered(() => new Promise(() => {}), timers);
  expect(timers.open.size).toBe(1);
  lane.close();
  await lane.idle();
  expect(timers.open.size).toBe(0);
});

test('given up, it aborts the signal of the call', async () => {
  const reasons: unknown[] = [];
  const lane = entered((_, { signal }) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    return new Promise(() => {});
  }, countedTimers());
  lane.close();
  await lane.idle();
  expect(reasons).toEqual([expect.objectContaining({ name: 'AbortError' })]);
});

test('given up while it waits for another attempt, it waits no longer', async () => {
  let attempts = 0;
  const lane = entered(() => {
    attempts++;
    throw new Error('as asked');
  }, countedTimers());
  await Promise.resolve();
  lane.close();
  await lane.idle();
  expect(attempts).toBe(1);
  expect(lane.isEmpty).toBe(false);
});
