import type { NodeSpec, Scenario, Step } from '../interpreter/scenario.ts';
import { check } from './check.ts';
import type { Oracle } from './oracle.ts';

/** Makes a scenario that differs as small as it goes while it still differs. */
export async function shrink(scenario: Scenario, oracle: Oracle): Promise<Scenario> {
  let smallest = scenario;
  for (;;) {
    const smaller = await firstThatDiffers(candidates(smallest), oracle);
    if (smaller === undefined) return smallest;
    smallest = smaller;
  }
}

/** How many candidates the oracle is asked about at once. */
const BATCH = 12;

async function firstThatDiffers(all: readonly Scenario[], oracle: Oracle): Promise<Scenario | undefined> {
  for (let at = 0; at < all.length; at += BATCH) {
    const answers = await oracle.ask(all.slice(at, at + BATCH));
    for (const answer of answers) if (!('error' in answer) && (await check(answer)) !== null) return answer;
  }
  return undefined;
}

/** Smaller scenarios, the smallest first. */
function candidates({ expected: _, ...scenario }: Scenario): Scenario[] {
  return [
    ...fewerSteps(scenario.steps).map((steps) => ({ ...scenario, steps })),
    ...scenario.topology.flatMap((node) => {
      const topology = without(node, scenario.topology);
      return topology === undefined ? [] : [withInputs({ ...scenario, topology })];
    }),
    ...plainer(scenario),
  ];
}

/** Runs of steps left out: halves, quarters, …, single ones. */
function fewerSteps(steps: readonly Step[]): Step[][] {
  const fewer: Step[][] = [];
  for (let size = Math.floor(steps.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at + size <= steps.length; at += size)
      fewer.push([...steps.slice(0, at), ...steps.slice(at + size)]);
  return fewer;
}

const inputs = (node: NodeSpec): readonly string[] => (typeof node.in === 'string' ? [node.in] : (node.in ?? []));

/** The topology with a node's first input in its place; undefined where that is no topology. */
function without(node: NodeSpec, topology: readonly NodeSpec[]): NodeSpec[] | undefined {
  const [input] = inputs(node);
  const rest = topology.filter((other) => other !== node);
  if (input === undefined || node.branches !== undefined) {
    const isUsed = rest.some((other) => inputs(other).includes(node.id));
    return isUsed ? undefined : rest;
  }
  const moved = (id: string): string => (id === node.id ? input : id);
  return rest.map((other) => {
    if (other.in === undefined) return other;
    return { ...other, in: typeof other.in === 'string' ? moved(other.in) : other.in.map(moved) };
  });
}

/** Steps whose topic nobody reads any more are left out. */
function withInputs(scenario: Scenario): Scenario {
  const read = new Set(
    scenario.topology.flatMap(({ op, topic, topics }) => (op === 'to' ? [] : [topic, ...(topics ?? [])])),
  );
  const steps = scenario.steps.filter((step) => !('pipe' in step) || read.has(step.pipe.topic));
  return { ...scenario, steps };
}

/** The same with plain values, without headers, null keys or disorder. */
function plainer(scenario: Scenario): Scenario[] {
  return scenario.steps.flatMap((step, index) => {
    if (!('pipe' in step) || step.pipe.headers === undefined) return [];
    const { headers: _, ...pipe } = step.pipe;
    return [{ ...scenario, steps: scenario.steps.with(index, { pipe }) }];
  });
}
