import type { HeaderPairs, Step, Text } from '../interpreter/scenario.ts';
import type { Draft, Input, Style } from './draft.ts';
import { LETTERS } from './random-functions.ts';

const NULLS: Record<Style, number> = { event: 0.05, state: 0.18, reference: 0.15, foreign: 0.18 };

interface Habits {
  /** How far time moves at most, from record to record. */
  readonly stride: number;
  /** How many records are older than the newest, and by how much at most. */
  readonly disorder: number;
  readonly lateness: number;
  readonly nullKeys: number;
}

/** What is piped into a draft: mostly in order, with late records, ties and jumps; often with an end that closes all. */
export function anySteps(draft: Draft): Step[] {
  const { random, scale } = draft;
  const habits = {
    stride: Math.max(1, random.pick([Math.floor(scale / 8), Math.floor(scale / 4), Math.floor(scale / 2)])),
    disorder: random.pick([0, 0.15, 0.3, 0.5]),
    lateness: random.pick([Math.floor(scale / 2), scale, 3 * scale]) + 1,
    nullKeys: random.pick([0, 0, 0.05, 0.1]),
  };
  const steps: Step[] = [];
  let now = random.whole(0, scale);
  for (let number = random.whole(8, 40); number > 0; number--) {
    if (draft.wallClock && random.chance(0.2)) steps.push({ advanceWallClock: random.whole(1, 2 * scale) });
    else {
      const ts = anyTime(draft, now, habits);
      now = Math.max(now, ts);
      steps.push(record(draft, { ts, number: steps.length + 1, nullKeys: habits.nullKeys }));
    }
  }
  return random.chance(0.8) ? [...steps, ...closing(draft, now)] : steps;
}

function anyTime({ random, scale }: Draft, now: number, { stride, disorder, lateness }: Habits): number {
  const draw = random.next();
  if (draw < disorder) return Math.max(0, now - random.whole(1, lateness));
  if (draw < disorder + 0.15) return now;
  if (draw > 0.96) return now + random.whole(2 * scale, 6 * scale);
  return now + random.whole(1, stride);
}

function record(draft: Draft, of: { ts: number; number: number; nullKeys: number }): Step {
  const { random, inputs, keys } = draft;
  const input = random.pick(inputs as [Input, ...Input[]]);
  const choices = (input.style === 'foreign' ? ['x', 'y', 'z'] : keys) as [string, ...string[]];
  const key: Text = random.chance(of.nullKeys) ? null : random.pick(choices);
  const value: Text = random.chance(NULLS[input.style]) ? null : anyValue(draft, input.style, of.number);
  const headers: HeaderPairs = Array.from({ length: random.whole(1, 2) }, (_, i) => [`h${i}`, `${of.number}`]);
  const hasHeaders = draft.headers && random.chance(0.5);
  return { pipe: { topic: input.topic, key, value, ts: of.ts, ...(hasHeaders ? { headers } : {}) } };
}

function closing(draft: Draft, from: number): Step[] {
  const { random, scale } = draft;
  let ts = from;
  return draft.inputs.map(({ topic, style }) => {
    ts += random.whole(4 * scale, 8 * scale);
    return { pipe: { topic, key: draft.keys[0] ?? 'a', value: anyValue(draft, style, 99), ts } };
  });
}

function anyValue({ random }: Draft, style: Style, number: number): string {
  const letter = random.pick(LETTERS);
  if (style === 'reference') return `${letter}${number},${random.pick(['x', 'x', 'y', 'z'])}`;
  if (style === 'state') return `${letter}${random.chance(0.3) ? number % 4 : number}`;
  return random.chance(0.12) ? `${letter}${number} ${random.pick(LETTERS)}${number}` : `${letter}${number}`;
}
