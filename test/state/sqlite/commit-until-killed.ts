/**
 * Commits without end until it is killed: `node commit-until-killed.ts PATH [rows|checkpoints]`. Each commit writes its
 * number everywhere. With a second argument it kills itself at that point of its tenth commit.
 */
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { StagedStore } from '../../../src/state/staged-store.ts';
import type { Change, Checkpoint } from '../../../src/state/store.ts';
import { testInteger } from '../../support/test-serdes.ts';

const [, , path, point] = process.argv;
if (path === undefined) throw new Error('no path');
const backend = openStateFile({ path, applicationId: 'app' });
const spec = { name: 'rounds', key: testInteger, value: testInteger };
const tables = [0, 1].map((partition) => backend.table(spec, partition));
const stores = tables.map((table) => new StagedStore({ spec, table, cacheEntries: 100 }));

const first = (backend.checkpoints()[0]?.offset ?? 0) + 1;
for (let round = first; ; round++) {
  const isLast = round === first + 10;
  for (const store of stores) {
    for (let key = 0; key < 500; key++) store.put(key, key % 7 === round % 7 ? null : round, round);
    store.committed(store.seal());
  }
  backend.commit(
    () => {
      for (const [i, table] of tables.entries()) table.write(rows(i, isLast));
    },
    [0, 1].map((partition) => checkpoint(partition, round, isLast)),
  );
  for (const store of stores) store.drained();
  if (round % 5 === 0) process.stdout.write(`${round}\n`);
}

function* rows(table: number, isLast: boolean): Generator<Change<number, number>> {
  for (const change of stores[table]?.drain() ?? []) {
    if (isLast && point === 'rows' && table === 1 && change.key === 300) process.kill(process.pid, 'SIGKILL');
    yield change;
  }
}

/** Read when it is stored: the rows are then written, and the first checkpoint too. */
function checkpoint(partition: number, round: number, isLast: boolean): Checkpoint {
  return {
    topic: 'orders',
    partition,
    time: round,
    get offset(): number {
      if (isLast && point === 'checkpoints' && partition === 1) process.kill(process.pid, 'SIGKILL');
      return round;
    },
  };
}
