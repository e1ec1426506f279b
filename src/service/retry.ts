/** When to try again. */
export interface RetryOptions {
  /** Before the second attempt, ms. Default 100. */
  readonly initialDelayMs?: number;
  /** Each wait is so many times the one before. Default 2. */
  readonly factor?: number;
  /** No wait is longer, ms. Default 30 000. */
  readonly maxDelayMs?: number;
  /** No attempt begins later than this after the first one began, ms. Default 300 000, five minutes. */
  readonly maxElapsedMs?: number;
  /** False for errors that no repetition mends. Default: all may be mended. */
  readonly retryable?: (error: unknown) => boolean;
}

export type RetryPolicy = Required<RetryOptions>;

/** The default waits: some twelve attempts within five minutes. */
export const defaultRetry: RetryPolicy = {
  initialDelayMs: 100,
  factor: 2,
  maxDelayMs: 30_000,
  maxElapsedMs: 300_000,
  retryable: () => true,
};

/** Time and chance, so that tests can do without both. */
export interface Timing {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Waits; resolves early when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

/**
 * The wait after attempt number `attempt` (from 1): it grows exponentially, and half of it is left to chance, so that
 * many who failed together do not come back together.
 */
export function retryDelayMs(attempt: number, policy: RetryPolicy, random: number): number {
  const full = Math.min(policy.maxDelayMs, policy.initialDelayMs * policy.factor ** (attempt - 1));
  return full * (0.5 + random / 2);
}

export type Outcome =
  | { readonly kind: 'done'; readonly attempts: number }
  | { readonly kind: 'failed'; readonly attempts: number; readonly error: unknown }
  /** The signal was aborted before the action succeeded: nothing is decided. */
  | { readonly kind: 'aborted' };

export interface RetryUse {
  readonly policy: RetryPolicy;
  readonly timing: Timing;
  readonly signal: AbortSignal;
}

/** Runs the action until it succeeds, cannot be mended, its time is over, or the signal is aborted. Never throws. */
export async function retry(action: (attempt: number) => unknown, use: RetryUse): Promise<Outcome> {
  const { policy, timing, signal } = use;
  const deadline = timing.now() + policy.maxElapsedMs;
  for (let attempt = 1; ; attempt++) {
    try {
      await action(attempt);
      return { kind: 'done', attempts: attempt };
    } catch (error) {
      if (signal.aborted) return { kind: 'aborted' };
      const left = deadline - timing.now();
      if (!policy.retryable(error) || left <= 0) return { kind: 'failed', attempts: attempt, error };
      // The last wait is cut short, so that the time allowed is used and not passed.
      await timing.sleep(Math.min(left, retryDelayMs(attempt, policy, timing.random())), signal);
      if (signal.aborted) return { kind: 'aborted' };
    }
  }
}
