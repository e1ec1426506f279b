/** A process of its own that holds a state file until it is killed: `node hold-state-file.ts PATH`. */
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { testString } from '../../support/test-serdes.ts';

const path = process.argv[2];
if (path === undefined) throw new Error('no path');
const backend = openStateFile({ path, applicationId: 'app' });
const table = backend.table({ name: 'held', key: testString, value: testString }, 0);
const checkpoint = { topic: 'orders', partition: 0, offset: 7, time: 1 };
backend.commit(() => table.write([{ key: 'held', value: 'yes', timestamp: 0 }]), [checkpoint]);
process.stdout.write('held\n');
setInterval(() => backend.checkpoints(), 60_000);
