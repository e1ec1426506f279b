import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { failure } from '../../errors.ts';
import type { Connection } from '../../runtime/connect.ts';
import { type CommandContext, defineCommand, type GlobalOptions } from '../command.ts';
import { ensureTopics, openEngine, startWorker, stateDirOf, topicsOf } from '../engine.ts';
import { EventWriter } from '../event-writer.ts';
import { loadTopologies } from '../load-topologies.ts';
import { openState } from '../open-state.ts';
import { showProgress } from '../progress.ts';
import { printRows } from '../row-format.ts';
import { seedOption } from '../shared-options.ts';
import { shopTopics } from '../shop-topic.ts';
import { writeSimulation } from '../write-simulation.ts';

const options = {
  orders: z.coerce.number().int().min(1).max(1_000_000).default(10_000).meta({ description: 'how many orders' }),
  seed: seedOption,
} as const;

type Context = CommandContext<typeof options>;

/** Says that a folder was made by the demo, which may then empty it. */
const MARK = '.millrace-demo';
const PARTITIONS = 4;
const LOOK_MS = 100;

const TOP_USERS = `SELECT user_id AS user, order_count AS orders, printf('%d.%02d', total_cents / 100, total_cents % 100) AS ordered,
  printf('%d.%02d', paid_cents / 100, paid_cents % 100) AS paid, date(last_order_at / 1000, 'unixepoch') AS last_order
  FROM "user-totals" ORDER BY total_cents DESC, user_id LIMIT 10`;
const STATUSES = `SELECT status, count(*) AS orders, printf('%d.%02d', sum(total_cents) / 100, sum(total_cents) % 100) AS ordered
  FROM "order-status" GROUP BY status ORDER BY 2 DESC`;

export const demo = defineCommand({
  arguments: '',
  description:
    'Makes up the orders of a shop, runs the order pipeline over them and shows totals and statuses. All in the folder demo of the data folder, which it empties first.',
  options,
  examples: ['millrace demo', 'millrace demo --orders 2000 --seed 7'],
  async run(context) {
    const dataDir = join(context.settings.dataDir, 'demo');
    const settings: GlobalOptions = {
      dataDir,
      stateDir: undefined,
      bootstrapServers: undefined,
      schemaRegistry: undefined,
      config: undefined,
    };
    emptied(dataDir);
    const engine = await openEngine(settings);
    try {
      await writeEvents(context, engine);
      if (!context.signal.aborted) await runPipeline(context, engine, settings);
    } finally {
      await engine.close();
    }
    if (context.signal.aborted) {
      await context.stderr.write('stopped\n');
      return;
    }
    await showResults(context, settings);
    await context.stderr.write(nextSteps(dataDir));
  },
});

function emptied(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, MARK))) {
    const problems = `${folder} holds something that the demo has not made; give another folder with --data-dir`;
    throw failure('SETTING_INVALID', { problems });
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), '');
}

async function writeEvents({ options, stderr, signal }: Context, engine: Connection): Promise<void> {
  const { orders, seed } = options;
  await stderr.write(`Making up a shop with ${orders} orders …\n`);
  await ensureTopics(engine.log, shopTopics, PARTITIONS);
  const writer = await EventWriter.open(engine, shopTopics);
  const began = performance.now();
  try {
    await writeSimulation({ orders, seed, rate: 0, writer, stderr, signal });
  } finally {
    await writer.close();
  }
  if (signal.aborted) return;
  await stderr.write(`${writer.committed} events are in the log (${seconds(began)}). Running the pipeline …\n`);
}

async function runPipeline({ stderr, signal }: Context, engine: Connection, settings: GlobalOptions): Promise<void> {
  const began = performance.now();
  for (const topology of await loadTopologies('orders')) {
    await ensureTopics(engine.log, topicsOf(topology), PARTITIONS);
    const worker = await startWorker({ topology, engine, settings: { stateDir: stateDirOf(settings) } });
    const stop = (): void => void worker.stop().catch(() => {});
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const most = { lag: 0 };
    const progress = showProgress(stderr, topology.name, 100);
    const timer = setInterval(() => {
      most.lag = Math.max(most.lag, worker.lag);
      progress.update(most.lag === 0 ? 0 : 100 * (1 - worker.lag / most.lag), `${worker.lag} records to go`);
    }, LOOK_MS);
    try {
      await worker.untilEnd();
      progress.update(100);
    } finally {
      clearInterval(timer);
      progress.stop();
    }
  }
  if (signal.aborted) return;
  await stderr.write(`All are processed and committed (${seconds(began)}).\n\n`);
}

async function showResults({ stdout }: Context, settings: GlobalOptions): Promise<void> {
  const state = openState(settings, { applicationId: undefined });
  try {
    for (const [title, text] of [
      ['Top customers', TOP_USERS],
      ['Orders by status', STATUSES],
    ] as const) {
      const { columns, rows } = state.sql(text);
      const cells = (row: readonly unknown[]): [string, unknown][] => columns.map((name, at) => [name, row[at]]);
      await stdout.write(`${title}\n\n`);
      await printRows(stdout, 'table', { rows, columns, cells, json: (row) => row });
      await stdout.write('\n');
    }
  } finally {
    state.close();
  }
}

function seconds(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

function nextSteps(dataDir: string): string {
  const lines = [
    'query user-totals --limit 5',
    'query order-status order-0000042',
    `sql 'SELECT status, count(*) FROM "order-status" GROUP BY status'`,
    'tail order-status --from-beginning --limit 5',
    'topology --format mermaid',
    'run --http 8080      # then: curl http://127.0.0.1:8080/stores',
  ];
  const commands = lines.map((line) => `  npx millrace ${line}`).join('\n');
  return `The state is a SQLite file below ${dataDir}. Try next, in another terminal too:\n\n  export MILLRACE_DATA_DIR=${dataDir}\n${commands}\n`;
}
