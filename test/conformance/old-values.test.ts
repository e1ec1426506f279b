import { describe, expect, test } from 'vitest';
import { familyNames, generate } from './fuzz/generate.ts';
import { runScenario } from './interpreter/run.ts';
import type { Scenario } from './interpreter/scenario.ts';

/** Sessions withhold old values, as Kafka Streams does; versioned rows that come out of order are no changes. */
function isExempt({ topology }: Scenario): boolean {
  return topology.some(
    ({ versioned, window }) => versioned !== undefined || (window && 'type' in window && window.type === 'session'),
  );
}

/** Where a table claims another old value than the one that it last passed on for the key. */
async function wrongOldValues(scenario: Scenario): Promise<string[]> {
  const wrong: string[] = [];
  const rows = new Map<string, string | null>();
  const closes = new Set(scenario.topology.flatMap(({ id, emit }) => (emit === undefined ? [] : [id])));
  await runScenario(
    { ...scenario, compatOnly: false },
    {
      probe: (id, { table, keyText }) => {
        if (closes.has(id)) return;
        table.subscribe(({ key, value, oldValue }) => {
          const row = `${id} ${keyText(key)}`;
          const last = rows.get(row) ?? null;
          if (oldValue !== last)
            wrong.push(`${scenario.name}: ${row} was ${last}, and claims to have been ${oldValue}`);
          rows.set(row, value);
        });
      },
    },
  );
  return wrong;
}

describe('a table claims as old value what it last passed on', () => {
  test.each(familyNames)('%s', async (family) => {
    const wrong: string[] = [];
    for (let seed = 0; seed < 150; seed++) {
      const scenario = generate(family, seed);
      if (!isExempt(scenario)) wrong.push(...(await wrongOldValues(scenario)));
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});
