/** Commits without end until it is killed: `node commit-until-killed.ts PATH`. Each commit writes its number everywhere. */
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { StagedStore } from '../../../src/state/staged-store.ts';
import { testInteger } from '../../support/test-serdes.ts';

const path = process.argv[2];
if (path === undefined) throw new Error('no path');
const backend = openStateFile({ path, applicationId: 'app' });
const spec = { name: 'rounds', key: testInteger, value: testInteger };
const tables = [0, 1].map((partition) => backend.table(spec, partition));
const stores = tables.map((table) => new StagedStore({ spec, table, cacheEntries: 100 }));

for (let round = (backend.checkpoints()[0]?.offset ?? 0) + 1; ; round++) {
  for (const store of stores) {
    for (let key = 0; key < 500; key++) store.put(key, key % 7 === round % 7 ? null : round, round);
    store.committed(store.seal());
  }
  const checkpoints = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: round, time: round }));
  backend.commit(() => {
    for (const [i, table] of tables.entries()) table.write(stores[i]?.drain() ?? []);
  }, checkpoints);
  for (const store of stores) store.drained();
  if (round % 5 === 0) process.stdout.write(`${round}\n`);
}
