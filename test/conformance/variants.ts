import assert from 'node:assert/strict';
import { join } from 'node:path';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { openStateFile } from '../../src/state/sqlite/state-file.ts';
import type { StateBackend } from '../../src/state/store.ts';
import { difference } from './compare.ts';
import { type RunOptions, runScenario } from './interpreter/run.ts';
import type { Scenario } from './interpreter/scenario.ts';
import { dumpStores } from './interpreter/stores.ts';

/** A way to run a scenario that must not show in what comes out. */
export interface Variant {
  options(scenario: Scenario, directory: string): RunOptions;
  /** Scenarios that rightly give other results here. */
  readonly except?: (scenario: Scenario) => boolean;
}

let files = 0;
const openFile = (path: string): StateBackend => openStateFile({ path, applicationId: 'app' });
const newPath = (directory: string): string => join(directory, `${files++}.db`);

const uses = ({ topology }: Scenario, ...processors: string[]): boolean =>
  topology.some(({ processor = '' }) => processors.includes(processor));
/** Wall-clock punctuators begin anew with each start. */
const goesByWallClock = (scenario: Scenario): boolean => uses(scenario, 'wallClockCounter');
/** The task's own stream time is in the state only, not in a changelog. */
const goesByTaskTime = (scenario: Scenario): boolean =>
  uses(scenario, 'wallClockCounter', 'streamTimeCounter', 'timestamps');

/**
 * Of two punctuators that are due at the same time, which one is called first follows from all that came before (Kafka
 * Streams keeps them in a heap). After a start that is not known any more.
 */
const goesByPunctuators = (scenario: Scenario): boolean =>
  goesByWallClock(scenario) ||
  scenario.topology.filter(({ processor }) => processor === 'streamTimeCounter').length > 1;

export const readBackFromSqlite: Variant = {
  options: (_, directory) => ({
    backend: openFile(newPath(directory)),
    settings: { storeCacheEntries: 0 },
    between: async (driver) => driver.commit(),
  }),
};

/** Killed, and the state file opened again, before each step. */
export const killedOnSqlite: Variant = {
  options: (_, directory) => {
    const path = newPath(directory);
    let backend = openFile(path);
    const reopened = (): StateBackend => {
      backend.close();
      backend = openFile(path);
      return backend;
    };
    return { backend, between: (driver) => driver.restart({ backend: reopened }) };
  },
  except: goesByPunctuators,
};

export const killed: Variant = {
  options: () => ({ between: (driver) => driver.restart() }),
  except: goesByPunctuators,
};

export const killedBeforeCheckpoint: Variant = {
  options: () => ({ between: (driver) => driver.restart({ behind: true }) }),
  except: goesByTaskTime,
};

/** Row for row the stores come back from their changelogs. */
export const stateLost: Variant = {
  options: (scenario) => ({
    between: async (driver) => {
      const before = dumpStores(driver, scenario);
      await driver.restart({ backend: new MemoryBackend() });
      assert.deepEqual(dumpStores(driver, scenario), before, 'rows differ after the state was lost');
    },
  }),
  except: goesByTaskTime,
};

/** A line for each scenario that differs from what Kafka Streams printed. Files go into `directory`. */
export async function differences(
  scenarios: readonly Scenario[],
  { options, except }: Variant = { options: () => ({}) },
  directory = '',
): Promise<string[]> {
  const lines: string[] = [];
  for (const scenario of scenarios) {
    const differs = difference(scenario, await runScenario(scenario, options(scenario, directory)));
    if (differs !== null && except?.(scenario) !== true) lines.push(`${scenario.name}: ${differs}`);
  }
  return lines;
}
