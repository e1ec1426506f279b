import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allCases, casesFor, operatorOf } from '../../bench/operators/all-cases.ts';
import { measureCase } from '../../bench/operators/measure-case.ts';
import { ownOf, table } from '../../bench/operators/report.ts';

const folder = join(import.meta.dirname, '../../src/operators');
const operators = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => basename(name, '.ts'));
const small = { state: 'memory', records: 200, commitEvery: 100, warmUp: 0, rounds: 1 } as const;

describe('the benchmarks of operators', () => {
  test('are there for every operator, and for nothing else', () => {
    const measured = allCases.filter(({ kind }) => kind !== 'baseline').map(({ name }) => operatorOf(name));
    expect([...new Set(measured)].sort()).toEqual(operators.sort());
  });

  test('have names of their own', () => {
    expect(new Set(allCases.map(({ name }) => name)).size).toBe(allCases.length);
  });

  test('are chosen by operator or by name, together with what they are measured against', () => {
    expect(casesFor(['suppress/window-closes']).map(({ name }) => name)).toEqual([
      'baseline/stream',
      'suppress/window-closes',
      'tumbling',
    ]);
    expect(casesFor(['split']).map(({ name }) => name)).toEqual(['baseline/stream', 'split']);
    expect(() => casesFor(['nonsense'])).toThrow('no case nonsense');
  });

  test.each(allCases)('$name gives results', async (of) => {
    let measured = await measureCase(of, small);
    // What is held back comes out when the records' time is over a window's end. (The state file finds it by its time.)
    if (measured.outputs === 0)
      measured = await measureCase(of, { ...small, state: 'sqlite', records: 4_000, commitEvery: 1_000 });
    expect(measured.outputs).toBeGreaterThan(0);
    expect(table([measured])).toContain(`| ${of.name} |`);
  });

  test('run on the state file too', async () => {
    const [of] = casesFor(['count']).filter(({ name }) => name === 'count');
    if (of === undefined) throw new Error('count has no benchmark');
    const measured = await measureCase(of, { ...small, state: 'sqlite' });
    expect(ownOf(measured, [measured, { ...measured, name: measured.over }])).toEqual({ ownNs: 0, ownBytes: 0 });
  });
});
