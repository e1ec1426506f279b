import { Registry } from 'prom-client';
import { failure } from '../../errors.ts';
import type { Connection } from '../../runtime/connect.ts';
import type { Worker } from '../../runtime/worker.ts';
import type { Topology } from '../../topology/topology.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { ensureTopics, openEngine, startWorker, stateDirOf, topicsOf } from '../engine.ts';
import { builtInTopologies, loadTopologies } from '../load-topologies.ts';
import { runOptions, workerSettings } from '../run-options.ts';
import { serveWorkers } from '../worker-http.ts';

const DONE = 'done: all that was there is processed and committed';
const STOPPED = 'stopped';
/** So long a stop takes before something is said of it. */
const PATIENCE_MS = 3000;
const STOPPING =
  'stopping: what is done is committed first. The same signal once more ends it at once; what is not committed is then done again by the next start.';

type Context = CommandContext<typeof runOptions>;

export const run = defineCommand({
  arguments: '[TOPOLOGY…]',
  description:
    'Runs topologies: those named, or all that come with Millrace. A TOPOLOGY is one of these, or a file that exports one. Topics that are missing are made on the embedded log, on Kafka with --create-topics. SIGINT and SIGTERM end it cleanly.',
  options: runOptions,
  examples: ['millrace run --until-end', 'millrace run orders --http 8080', 'millrace run ./my-topology.ts'],
  async run(context) {
    const names = context.args.length === 0 ? builtInTopologies : context.args;
    const topologies = (await Promise.all(names.map(loadTopologies))).flat();
    requireDistinct(topologies);
    if (topologies.length > 1 && context.options.applicationId !== undefined) {
      throw failure('SETTING_INVALID', { problems: '--application-id is for one topology; name the one to run' });
    }
    const engine = await openEngine(context.settings);
    try {
      await runAll(context, engine, topologies);
    } finally {
      await engine.close();
    }
  },
});

/** A name owns the group and the state. */
function requireDistinct(topologies: readonly Topology[]): void {
  const names = topologies.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice === undefined) return;
  throw failure('SETTING_INVALID', {
    problems: `topology '${twice}' is given twice; name each once, or give one another name`,
  });
}

async function runAll(context: Context, engine: Connection, topologies: readonly Topology[]): Promise<void> {
  const { options, settings, signal, stderr } = context;
  const workers: Worker[] = [];
  const metrics = new Registry();
  try {
    for (const topology of topologies) {
      await makeTopics(context, engine, topology);
      const worker = await startWorker({
        topology,
        engine,
        metrics,
        notify: (text) => void stderr.write(`${topology.name}: ${text}\n`),
        settings: workerSettings(options, stateDirOf(settings)),
      });
      workers.push(worker);
      await stderr.write(`${topology.name}: running, state in ${worker.stateFile}\n`);
    }
    const close = await serve(context, workers, metrics);
    const stopping = stopOnSignal(context, workers);
    await ended(context, workers).finally(close).finally(stopping);
    await stderr.write(`${signal.aborted ? STOPPED : DONE}${await rejectedText(metrics)}\n`);
  } finally {
    await Promise.allSettled(workers.map((worker) => worker.stop()));
  }
}

/** Names those that it made: a topic that is written wrong is among them. */
async function makeTopics({ options, stderr }: Context, { log }: Connection, topology: Topology): Promise<void> {
  if (log.kind !== 'embedded' && !options.createTopics) return;
  const made = await ensureTopics(log, topicsOf(topology), options.partitions);
  if (made.length > 0) await stderr.write(`${topology.name}: topics that were missing are made: ${made.join(', ')}\n`);
}

/** Says so where that takes its time. Gives what lets go of it. */
function stopOnSignal({ signal, stderr }: Context, workers: readonly Worker[]): () => void {
  let patience: NodeJS.Timeout | undefined;
  const stop = (): void => {
    patience = setTimeout(() => void stderr.write(`${STOPPING}\n`), PATIENCE_MS);
    void Promise.allSettled(workers.map((worker) => worker.stop()));
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return () => clearTimeout(patience);
}

/** Resolves when all have ended; the first that fails ends the others. */
async function ended({ options }: Context, workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map((worker) => (options.untilEnd ? worker.untilEnd() : worker.finished())));
}

/** `; 1 record skipped`; empty where all went through. */
async function rejectedText(metrics: Registry): Promise<string> {
  const counted = await metrics.getSingleMetric('millrace_records_rejected_total')?.get();
  const counts = { skip: 0, 'dead-letter': 0 };
  for (const { labels, value } of counted?.values ?? [])
    counts[labels['outcome'] === 'skip' ? 'skip' : 'dead-letter'] += value;
  return said(counts.skip, 'skipped') + said(counts['dead-letter'], 'dead-lettered');
}

function said(count: number, what: string): string {
  return count === 0 ? '' : `; ${count} record${count === 1 ? '' : 's'} ${what}`;
}

async function serve(
  { options, stderr }: Context,
  workers: readonly Worker[],
  metrics: Registry,
): Promise<() => Promise<void>> {
  const { http, httpHost: host } = options;
  if (http === undefined) return async () => {};
  const { address, close } = await serveWorkers(workers, { host, port: http, metrics, stderr });
  await stderr.write(`http: ${address}/stores\n`);
  return close;
}
