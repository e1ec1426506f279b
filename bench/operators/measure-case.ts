import type { NamedCase } from './all-cases.ts';
import { allocatedBytes } from './allocations.ts';
import type { StateKind } from './open-state.ts';
import { type Round, RunningCase, type Size } from './run-case.ts';
import { median, now, type Spent, since } from './spent.ts';

export interface Plan extends Size {
  readonly state: StateKind;
  readonly warmUp: number;
  readonly rounds: number;
}

/** Of one case; per input record where nothing else is said. */
export interface Measured {
  readonly name: string;
  readonly kind: string;
  readonly over: string;
  /** From nothing to tasks that wait for records, ms. */
  readonly startMs: number;
  /** Of the first round, in which rows are new and code is cold, by the clock on the wall. */
  readonly firstNs: number;
  readonly recordsPerSecond: number;
  /** Of the thread on the processor. */
  readonly ns: number;
  /** Of `ns`: processing, committing, writing the state file. */
  readonly processNs: number;
  readonly commitNs: number;
  readonly fileNs: number;
  readonly bytes: number;
  readonly outputs: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Runs a case: it starts, takes its first load, warms up, and is then measured in rounds, of which medians are taken. */
export async function measureCase(of: NamedCase, plan: Plan): Promise<Measured> {
  const { name, kind, over } = of;
  const began = now();
  const running = await RunningCase.open(of, plan, plan.state);
  const start = since(began);
  try {
    const first = await running.load();
    for (let n = 0; n < plan.warmUp; n++) await running.round();
    const outputs = running.outputs;
    const rounds: { round: Round; bytes: number }[] = [];
    for (let n = 0; n < plan.rounds; n++) rounds.push(await measureRound(running));
    const per = (part: (spent: Round) => number): number =>
      (median(rounds.map(({ round }) => part(round))) * 1e6) / plan.records;
    const total = (clock: keyof Spent) => (round: Round) =>
      round.process[clock] + round.commit[clock] + round.file[clock];
    return {
      name,
      kind,
      over,
      startMs: start.wall,
      firstNs: (total('wall')(first) * 1e6) / plan.records,
      recordsPerSecond: 1e9 / per(total('wall')),
      ns: per(total('cpu')),
      processNs: per(({ process }) => process.cpu),
      commitNs: per(({ commit }) => commit.cpu),
      fileNs: per(({ file }) => file.cpu),
      bytes: median(rounds.map(({ bytes }) => bytes)) / plan.records,
      outputs: (running.outputs - outputs) / plan.rounds / plan.records,
      dropped: Object.fromEntries(running.dropped),
    };
  } finally {
    running.close();
  }
}

async function measureRound(running: RunningCase): Promise<{ round: Round; bytes: number }> {
  const input = running.prepare();
  // The garbage of making it is not the operator's. (Without --expose-gc, in tests, it may be.)
  globalThis.gc?.();
  const { bytes, result } = await allocatedBytes(() => running.round(input));
  return { round: result, bytes };
}
