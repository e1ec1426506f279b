import { setTimeout as sleep } from 'node:timers/promises';
import { type SimulatedEvent, simulate } from '../orders/simulate.ts';
import type { Output } from './command.ts';
import type { EventWriter } from './event-writer.ts';
import { type Progress, showProgress } from './progress.ts';

export interface SimulationJob {
  readonly orders: number;
  readonly seed: number;
  /** Events a second; 0 for no limit. */
  readonly rate: number;
  readonly writer: EventWriter;
  readonly stderr: Output;
  readonly signal: AbortSignal;
}

/** With a rate, what is due is written so often. */
const TICK_MS = 100;

/** Writes a simulation to the log, until its end or until the signal is aborted; what was written stays. */
export async function writeSimulation(job: SimulationJob): Promise<void> {
  const progress = showProgress(job.stderr, 'events', job.orders);
  const began = performance.now();
  let written = 0;
  let orders = 0;
  try {
    for (const event of simulate({ orders: job.orders, seed: job.seed })) {
      if (job.rate > 0) await waitUntilDue(job, written, began);
      if (job.signal.aborted) break;
      writeEvent(job.writer, event);
      await job.writer.commitFull();
      if (event.topic === 'orders') orders++;
      if (++written % 1000 === 0) await breathe(progress, orders);
    }
    await job.writer.commit();
    progress.update(orders);
  } finally {
    progress.stop();
  }
}

function writeEvent(writer: EventWriter, simulated: SimulatedEvent): void {
  writer.write(simulated.topic, simulated.event);
}

/** Lets signals and the progress bar have their turn. */
async function breathe(progress: Progress, orders: number): Promise<void> {
  progress.update(orders);
  await new Promise((resolve) => setImmediate(resolve));
}

async function waitUntilDue({ rate, writer, signal }: SimulationJob, written: number, began: number): Promise<void> {
  const isDue = (): boolean => written < ((performance.now() - began) / 1000) * rate;
  if (isDue()) return;
  // Who watches the log should see what is there so far.
  await writer.commit();
  while (!isDue() && !signal.aborted)
    await sleep(Math.min(TICK_MS, 1000 / rate), undefined, { signal }).catch(() => {});
}
