import { afterAll, expect, it } from 'vitest';
import { openEngine, startWorker } from '../../src/cli/engine.ts';
import { loadTopologies } from '../../src/cli/load-topologies.ts';
import { CliBench } from './cli-bench.ts';

const bench = new CliBench();
afterAll(() => bench.remove());

it('a topic that is missing is made by an option; one that the topology uses is not suggested', async () => {
  const dataDir = bench.path('missing');
  const globals = { dataDir, stateDir: undefined, bootstrapServers: undefined, schemaRegistry: undefined };
  await bench.run(['simulate', '--orders', '1', '--data-dir', dataDir]);
  const engine = await openEngine({ ...globals, config: undefined });
  const [topology] = await loadTopologies('orders');
  if (topology === undefined) throw new Error('no topology');
  const starting = startWorker({ topology, engine, settings: { stateDir: bench.path('state') } });
  await expect(starting).rejects.toThrow(/does not exist\. With --create-topics those that are missing are made\./);
  await engine.close();
});
