import { writeFileSync } from 'node:fs';
import { type HeapProfiler, type Profiler, Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NamedCase } from './all-cases.ts';
import type { Plan } from './measure-case.ts';
import { RunningCase } from './run-case.ts';

const SAMPLE_US = 200;
const SAMPLE_BYTES = 8192;
const TOP = 20;
const ANONYMOUS = '(anonymous)';

/** A function's part of the whole, itself without what it calls. */
interface Self {
  readonly name: string;
  readonly share: number;
}

export interface CaseProfile {
  readonly cpu: readonly Self[];
  readonly allocated: readonly Self[];
}

/** Where a warm case spends its time and its memory. The CPU profile goes to a file, for the tools of a browser. */
export async function profileCase(of: NamedCase, plan: Plan, file: string): Promise<CaseProfile> {
  const running = await RunningCase.open(of, plan, plan.state);
  const session = new Session();
  session.connect();
  try {
    await running.load();
    for (let n = 0; n < plan.warmUp; n++) await running.round();
    const inputs = Array.from({ length: 2 * plan.rounds }, () => running.prepare());
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
    await session.post('Profiler.start');
    for (const input of inputs.splice(0, plan.rounds)) await running.round(input);
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: SAMPLE_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    for (const input of inputs) await running.round(input);
    const heap = await session.post('HeapProfiler.stopSampling');
    return { cpu: top(timesOf(profile)), allocated: top(sizesOf(heap.profile.head)) };
  } finally {
    session.disconnect();
    running.close();
  }
}

function timesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  // What a native module does has no name of its own.
  for (const { id, children = [] } of nodes)
    for (const child of children)
      if (names.get(child) === ANONYMOUS) names.set(child, `native code called by ${names.get(id)}`);
  const times = new Map<string, number>();
  for (const [n, id] of samples.entries()) add(times, names.get(id) ?? '?', timeDeltas[n] ?? 0);
  return times;
}

function sizesOf(head: HeapProfiler.SamplingHeapProfileNode): Map<string, number> {
  const sizes = new Map<string, number>();
  const visit = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): void => {
    add(sizes, nameOf(callFrame), selfSize);
    children.forEach(visit);
  };
  visit(head);
  return sizes;
}

/** What measures is not the case's. */
function top(of: Map<string, number>): Self[] {
  const own = [...of].filter(([name]) => !/^(post|\(idle\))$/.test(name));
  const total = own.reduce((sum, [, part]) => sum + part, 0);
  return own
    .sort(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(([name, part]) => ({ name, share: part / total }));
}

function add(to: Map<string, number>, name: string, part: number): void {
  to.set(name, (to.get(name) ?? 0) + part);
}

function nameOf({ functionName, url, lineNumber }: HeapProfiler.SamplingHeapProfileNode['callFrame']): string {
  const name = functionName === '' ? ANONYMOUS : functionName;
  if (!url.startsWith('file:')) return name;
  return `${name} ${relative(process.cwd(), fileURLToPath(url))}:${lineNumber + 1}`;
}
