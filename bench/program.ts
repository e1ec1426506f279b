/** One workload until SIGTERM, under the contract of the benchmark tool: its options in, a line `READY` out. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createWorker } from '../src/index.ts';
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts';
import { MemoryRegistry } from '../src/serde/registry/memory-registry.ts';
import { ids } from './schemas.ts';
import { workloads } from './workloads.ts';

const { values } = parseArgs({
  options: {
    bootstrap: { type: 'string', default: '127.0.0.1:19092' },
    workload: { type: 'string', default: 'orders' },
    input: { type: 'string', default: 'olist' },
    app: { type: 'string', default: 'millrace-bench' },
    guarantee: { type: 'string', default: 'eos' },
    threads: { type: 'string', default: '1' },
    'commit-ms': { type: 'string', default: '100' },
    state: { type: 'string', default: 'state' },
  },
});

const workload = workloads[values.workload];
if (workload === undefined)
  throw new Error(`no workload ${values.workload}; there are ${Object.keys(workloads).join(', ')}`);

const log = await openKafkaLog({ bootstrapServers: values.bootstrap.split(','), clientId: values.app });
const worker = createWorker({
  topology: workload(values.input, values.app),
  log,
  registry: new MemoryRegistry(ids),
  settings: {
    applicationId: values.app,
    stateDir: join(values.state, 'millrace'),
    processingGuarantee: values.guarantee === 'eos' ? 'exactly_once' : 'at_least_once',
    commitIntervalMs: Number(values['commit-ms']),
  },
});

process.on('SIGTERM', () => {
  void worker
    .stop()
    .then(() => log.close())
    .then(() => process.exit(0));
});
await worker.start();
await worker.ready();
process.stdout.write('READY\n');
await worker.finished();
