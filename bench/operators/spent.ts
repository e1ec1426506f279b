/** Time by both clocks, ms. */
export interface Spent {
  /** On the wall: with the disk, and with whatever else the machine was busy with. */
  readonly wall: number;
  /** Of this thread on the processor, its part of the garbage collection included. */
  readonly cpu: number;
}

export const NOTHING: Spent = { wall: 0, cpu: 0 };

export function now(): Spent {
  const { user, system } = process.threadCpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

export function since(began: Spent): Spent {
  const ended = now();
  return { wall: ended.wall - began.wall, cpu: ended.cpu - began.cpu };
}

export function addSpent(a: Spent, b: Spent): Spent {
  return { wall: a.wall + b.wall, cpu: a.cpu + b.cpu };
}

export function median(of: readonly number[]): number {
  const sorted = of.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
