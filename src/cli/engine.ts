/** All that the commands need of the engine: the log and registry, the state and workers. */
import { join } from 'node:path';
import type { Registry as MetricsRegistry } from 'prom-client';
import { failure, isMillraceError, type MillraceError } from '../errors.ts';
import type { Log, TopicInfo, TopicSpec } from '../log/port.ts';
import { type Connection, connectKafka, openEmbedded } from '../runtime/connect.ts';
import { LogContact } from '../runtime/log-contact.ts';
import { createWorker, type Worker } from '../runtime/worker.ts';
import type { Topology } from '../topology/topology.ts';
import { nearest } from '../util/nearest.ts';
import type { GlobalOptions, Output } from './command.ts';

/** As what a worker tells by itself. */
const CONTACT_TIMEOUT_MS = 10_000;

/** As `openEngine`, for commands without a worker: tells when the log does not answer, and when it does again. */
export async function openToldEngine(
  settings: GlobalOptions,
  { stderr, mustExist = false }: { stderr: Output; mustExist?: boolean },
): Promise<Connection> {
  const engine = await openEngine(settings, { mustExist });
  const notify = (text: string): void => void stderr.write(`${text}\n`);
  const contact = new LogContact({ log: engine.log, timeoutMs: CONTACT_TIMEOUT_MS, notify });
  contact.start();
  const close = async (): Promise<void> => {
    contact.stop();
    await engine.close();
  };
  return { ...engine, close };
}

/** Opens the log and the registry that the settings name. With `mustExist` an embedded log is not made. */
export async function openEngine(settings: GlobalOptions, { mustExist = false } = {}): Promise<Connection> {
  const { bootstrapServers, schemaRegistry, dataDir } = settings;
  if (bootstrapServers === undefined) return openEmbedded({ path: join(dataDir, 'log.db'), mustExist });
  if (schemaRegistry === undefined) {
    const problems = 'with --bootstrap-servers, --schema-registry URL is needed too (or MILLRACE_SCHEMA_REGISTRY)';
    throw failure('SETTING_INVALID', { problems });
  }
  const servers = bootstrapServers.split(',').map((server) => server.trim());
  return connectKafka({ bootstrapServers: servers, schemaRegistry: { url: schemaRegistry } });
}

/** Where workers keep their state. */
export function stateDirOf({ stateDir, dataDir }: GlobalOptions): string {
  return stateDir ?? join(dataDir, 'state');
}

/** Topics that a topology reads and writes, without those that the engine makes for itself. */
export function topicsOf({ graph }: Topology): string[] {
  const ends = graph.nodes.flatMap(({ source, sink }) => [source, sink]);
  return [...new Set(ends.flatMap((end) => (end === undefined || end.internal ? [] : [end.topic])))];
}

/** Nothing goes by age: the state can always be made anew from the events. */
const KEEP_ALL = { 'cleanup.policy': 'delete', 'retention.ms': '-1' };

/** Makes the topics that are missing, with as many partitions as those that exist, so that they can be joined. */
export async function ensureTopics(log: Log, names: readonly string[], partitions: number): Promise<readonly string[]> {
  const found = await log.describeTopics(names);
  const existing = new Set(found.map(({ name }) => name));
  const count = Math.max(0, ...found.map((topic) => topic.partitions)) || partitions;
  const missing = names.filter((name) => !existing.has(name));
  if (missing.length > 0)
    await log.createTopics(missing.map((name): TopicSpec => ({ name, partitions: count, config: KEEP_ALL })));
  return missing;
}

export interface WorkerChoice {
  readonly topology: Topology;
  readonly engine: Connection;
  /** Where the worker counts. */
  readonly metrics?: MetricsRegistry;
  readonly settings: NonNullable<Parameters<typeof createWorker>[0]['settings']>;
  /** Told what is to be known of the worker. Default: a line on the process's stderr. */
  readonly notify?: (text: string) => void;
}

/** A worker that is started. Throws TOPIC_UNKNOWN with the option that makes topics. */
export async function startWorker({ engine, ...choice }: WorkerChoice): Promise<Worker> {
  const { topology } = choice;
  const { log, registry } = engine;
  const worker = createWorker({ ...choice, log, registry });
  try {
    await worker.start();
  } catch (error) {
    if (!isMillraceError(error, 'TOPIC_UNKNOWN')) throw error;
    throw missingTopic(error, topicsOf(topology), await log.topics());
  }
  return worker;
}

/** A topic that the topology has already is not the one that was meant. */
function missingTopic(error: MillraceError, used: readonly string[], there: readonly TopicInfo[]): Error {
  const { topic } = error.context;
  const others = there.map(({ name }) => name).filter((name) => !used.includes(name));
  const meant = nearest(String(topic), others);
  const hint = 'With --create-topics those that are missing are made.';
  return failure(
    'TOPIC_UNKNOWN',
    { topic, hint: meant === undefined ? hint : `Did you mean ${meant}? ${hint}` },
    error,
  );
}
