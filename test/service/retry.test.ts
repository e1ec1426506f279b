import { describe, expect, it } from 'vitest';
import { defaultRetry, retry, retryDelayMs } from '../../src/service/retry.ts';
import { ManualTiming } from './manual-timing.ts';

const signal = new AbortController().signal;

describe('retryDelayMs', () => {
  it('doubles from 100 ms to 30 s, half of it by chance', () => {
    const delays = [1, 2, 3, 9, 10, 50].map((attempt) => retryDelayMs(attempt, defaultRetry, 1));
    expect(delays).toEqual([100, 200, 400, 25_600, 30_000, 30_000]);
    expect(retryDelayMs(1, defaultRetry, 0)).toBe(50);
    expect(retryDelayMs(1, defaultRetry, 0.5)).toBe(75);
  });
});

describe('retry', () => {
  it('says after how many attempts it succeeded', async () => {
    const timing = new ManualTiming();
    const outcome = await retry(failTimes(3), { policy: defaultRetry, timing, signal });
    expect(outcome).toEqual({ kind: 'done', attempts: 4 });
    expect(timing.sleeps).toEqual([75, 150, 300]);
  });

  it('takes five minutes in all, the last attempt at their end, and gives the last error', async () => {
    const timing = new ManualTiming();
    const outcome = await retry(failTimes(1000), { policy: defaultRetry, timing, signal });
    expect(timing.now()).toBe(300_000);
    expect(outcome).toMatchObject({ kind: 'failed', error: new Error(`attempt ${timing.sleeps.length + 1}`) });
    expect(Math.max(...timing.sleeps)).toBeLessThanOrEqual(30_000);
  });

  it('counts the time of the attempts themselves', async () => {
    const timing = new ManualTiming();
    const slow = (): void => {
      timing.pass(200_000);
      throw new Error('slow');
    };
    const outcome = await retry(slow, { policy: defaultRetry, timing, signal });
    expect(outcome).toMatchObject({ kind: 'failed', attempts: 2 });
  });

  it('does not repeat what no repetition mends', async () => {
    const policy = { ...defaultRetry, retryable: (error: unknown) => !(error instanceof TypeError) };
    const action = (): never => {
      throw new TypeError('no function');
    };
    const outcome = await retry(action, { policy, timing: new ManualTiming(), signal });
    expect(outcome).toMatchObject({ kind: 'failed', attempts: 1 });
  });

  it('decides nothing where it is stopped, before the wait or in it', async () => {
    const before = new AbortController();
    const aborting = (): never => {
      before.abort();
      throw new Error('late');
    };
    const use = { policy: defaultRetry, timing: new ManualTiming(), signal: before.signal };
    expect(await retry(aborting, use)).toEqual({ kind: 'aborted' });
    const within = new AbortController();
    const timing = new ManualTiming(() => within.abort());
    expect(await retry(failTimes(5), { policy: defaultRetry, timing, signal: within.signal })).toEqual({
      kind: 'aborted',
    });
  });
});

function failTimes(times: number): (attempt: number) => Promise<void> {
  return async (attempt) => {
    if (attempt <= times) throw new Error(`attempt ${attempt}`);
  };
}
