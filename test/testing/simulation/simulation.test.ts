import { describe, expect, test } from 'vitest';
import { isMillraceError, map, process, store, string, to, topology } from '../../../src/index.ts';
import { Simulation, type SimulationReport, simulate, simulatedInput } from '../../../src/testing/index.ts';
import { scenarios } from './scenarios.ts';

const keyText = { key: string(), value: string() };
const words = simulatedInput({
  topic: 'in',
  ...keyText,
  records: Array.from({ length: 40 }, (_, i) => ({ key: `k${i % 5}`, value: `v${i}`, timestamp: i })),
});

/** Counts in a store, or in a variable of its own, which a restart forgets. */
const counting = (where: 'store' | 'variable') =>
  topology(`counting-in-a-${where}`, (flow) => {
    flow.stream('in', keyText).pipe(
      process({
        stores: [store('counts', string())],
        init: ({ stores: { counts }, forward }) => {
          const seen = new Map<string, string>();
          return ({ key }) => {
            const before = where === 'store' ? counts.get(key) : seen.get(key);
            const now = `${before ?? ''}i`;
            if (where === 'store') counts.put(key, now);
            else seen.set(key, now);
            forward({ key, value: now });
          };
        },
      }),
      to('out'),
    );
  });

describe('a simulation', () => {
  // `npm run simulation` plays thousands of them.
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s: faults leave no trace in what comes out',
    async (_, { topology, options }) => {
      const simulation = await Simulation.of(topology, options(0));
      const reports: SimulationReport[] = [];
      for (const seed of [1, 2, 3]) reports.push(await simulation.run(seed));
      expect(reports.map(({ seed }) => seed)).toEqual([1, 2, 3]);
      expect(reports.flatMap(({ faults }) => faults)).not.toEqual([]);
    },
  );

  test('goes the same way for the same seed, and another way for another', async () => {
    const run = (seed: number) => simulate(counting('store'), { seed, inputs: [words] });
    expect(await run(11)).toEqual(await run(11));
    expect(await run(12)).not.toMatchObject({ steps: (await run(11)).steps });
  });

  test('finds what a restart forgets, and fails again the same way', async () => {
    const simulation = await Simulation.of(counting('variable'), { inputs: [words] });
    const failures: string[] = [];
    for (let seed = 0; seed < 30 && failures.length < 2; seed++) {
      const error = await simulation.run(seed).catch((reason: unknown) => reason);
      if (!isMillraceError(error, 'SIMULATION_FAILED')) continue;
      failures.push(error.message);
      const again = await simulation.run(seed).catch((reason: unknown) => reason);
      expect(again).toMatchObject({ message: error.message });
      expect(error.message).toContain(
        `Run it again with the same options and seed ${seed}: it goes exactly the same way.`,
      );
    }
    expect(failures).toHaveLength(2);
  });

  test('says so where a topology takes something from outside, so that its seed does not fail again', async () => {
    let calls = 0;
    const drifting = topology('drifting', (flow) => {
      flow.stream('in', keyText).pipe(
        map((value, key): [string, string] => [key, `${value} ${calls++}`]),
        to('out', keyText),
      );
    });
    const options = { inputs: [words], compare: { out: 'stream' } } as const;
    await expect(simulate(drifting, { seed: 1, ...options })).rejects.toThrow('takes something from outside: a clock');
  });
});
