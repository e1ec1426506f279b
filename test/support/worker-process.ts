/** A worker in a process of its own, to be killed: `node worker-process.ts '<JSON of WorkerProcessOptions>'`. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWorker } from '../../src/index.ts';
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts';
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts';
import type { Log } from '../../src/log/port.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { pipeline } from './pipeline.ts';

export interface WorkerProcessOptions {
  readonly log: { readonly embedded: string } | { readonly kafka: string };
  readonly stateDir: string;
  /** Stop when all is processed. */
  readonly untilEnd?: boolean;
}

/** What the process says when it is ready, and when it ends. */
export interface WorkerReport {
  readonly restored: number;
}

export function openLog(log: WorkerProcessOptions['log']): Promise<Log> {
  return 'embedded' in log
    ? openEmbeddedLog(log.embedded)
    : openKafkaLog({ bootstrapServers: [log.kafka], clientId: 'crash-test' });
}

/** Starts one; resolves when it runs its tasks, with how many changelog records it had to read back. */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<{
  report: WorkerReport;
  kill(): Promise<void>;
  ended(): Promise<number | null>;
}> {
  const child = fork(import.meta.filename, [JSON.stringify(options)], { stdio: 'inherit' });
  const exit = once(child, 'exit');
  const first = await Promise.race([
    once(child, 'message'),
    exit.then(([code]) => Promise.reject(new Error(`worker ended with ${code}`))),
  ]);
  return {
    report: first[0] as WorkerReport,
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
    ended: async () => {
      const [code] = await exit;
      return code;
    },
  };
}

async function main(options: WorkerProcessOptions): Promise<void> {
  const log = await openLog(options.log);
  const worker = createWorker({
    topology: pipeline,
    log,
    registry: new MemoryRegistry(),
    settings: { stateDir: options.stateDir, commitIntervalMs: 20, checkpointIntervalMs: 50 },
  });
  await worker.start();
  await worker.ready();
  const metric = await worker.metrics.getSingleMetric('millrace_records_restored_total')?.get();
  process.send?.({ restored: metric?.values[0]?.value ?? 0 } satisfies WorkerReport);
  if (options.untilEnd) await worker.untilEnd();
  else await worker.finished();
  await log.close();
  process.disconnect();
}

const [, script, options] = process.argv;
if (script === import.meta.filename && options !== undefined) await main(JSON.parse(options));
