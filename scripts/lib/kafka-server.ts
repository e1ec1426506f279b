import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Connection, metadataV12 } from '@platformatic/kafka';
import { cached } from './cache.ts';
import { type KafkaPorts, serverProperties } from './kafka-properties.ts';
import { type Ending, freePorts, type ServerProcess, spawnJava, untilReady } from './server-process.ts';
import { downloadWithDependencies, requireTools, run } from './tools.ts';

export const KAFKA_VERSION = '4.4.0';

export interface KafkaServer {
  readonly bootstrapServers: string;
  readonly pid: number;
  /** The folder of its data and of its log file. */
  readonly dir: string;
  readonly ended: Promise<Ending>;
  /** Ends it; its data too, unless a folder was given. */
  stop(): Promise<void>;
  /** Ends it as a power cut would; `startKafka({dir})` starts it again on its data and port. */
  kill9(): Promise<void>;
}

export interface KafkaOptions {
  /** Default: the folder's earlier port, else a free one. */
  readonly port?: number;
  /** Keeps the data; default a temporary folder that goes with the server. */
  readonly dir?: string;
  /** Further lines of server.properties. */
  readonly properties?: Readonly<Record<string, string | number>>;
  /** Levels of the cluster's features, set when the data is made: `{ 'streams.version': 0 }` for an older Kafka. */
  readonly features?: Readonly<Record<string, number>>;
  /** Default 512. */
  readonly heapMb?: number;
}

/** Starts a one-node Kafka on 127.0.0.1 and waits until it answers. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  requireTools('Kafka');
  const jars = join(await kafkaJars(), 'libs', '*');
  const dir = options.dir === undefined ? mkdtempSync(join(tmpdir(), 'millrace-kafka-')) : resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const ports = await portsOf(dir, options.port);
  const clusterId = await format(dir, jars, ports, options);
  const server = spawnJava({ args: javaArgs(jars, options.heapMb ?? 512), cwd: dir, logFile: join(dir, 'kafka.log') });
  const forget = (): void => {
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
  };
  try {
    await untilReady(server, () => answers(server, ports.broker, clusterId), 60_000);
  } catch (error) {
    await server.kill9();
    throw new Error(`Kafka did not start: ${error}. Its log: ${join(dir, 'kafka.log')}`, { cause: error });
  }
  return {
    bootstrapServers: `127.0.0.1:${ports.broker}`,
    pid: server.pid,
    dir,
    ended: server.ended,
    stop: () => server.stop().then(forget),
    kill9: () => server.kill9(),
  };
}

/** The folder with Kafka's jars (in `libs`), downloaded once. */
export function kafkaJars(): Promise<string> {
  return cached(`kafka-${KAFKA_VERSION}`, (folder) =>
    // slf4j-simple of exactly this line: the tree's slf4j-api ignores a 2.x binding without a word.
    downloadWithDependencies(folder, [`org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`, 'org.slf4j:slf4j-simple:1.7.36']),
  );
}

function javaArgs(jars: string, heapMb: number): string[] {
  const jvm = ['-Xms256m', `-Xmx${heapMb}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  return [...jvm, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', jars, 'kafka.Kafka', 'server.properties'];
}

/** The controller's port is part of the data (the voter's address), so a folder keeps its ports. */
async function portsOf(dir: string, port?: number): Promise<KafkaPorts> {
  const file = join(dir, 'ports.json');
  const kept: Partial<KafkaPorts> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const [broker = 0, controller = 0] = await freePorts(2);
  const ports = { broker: port ?? kept.broker ?? broker, controller: kept.controller ?? controller };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

/** Writes the settings, and the empty log where there is none yet. Returns the cluster's id. */
async function format(dir: string, jars: string, ports: KafkaPorts, options: KafkaOptions): Promise<string> {
  const meta = join(dir, 'data', 'meta.properties');
  writeFileSync(join(dir, 'server.properties'), serverProperties(join(dir, 'data'), ports, options.properties ?? {}));
  if (existsSync(meta)) return /^cluster\.id=(.*)$/m.exec(readFileSync(meta, 'utf8'))?.[1] ?? '';
  const clusterId = `m${randomBytes(16).toString('base64url').slice(1)}`; // A leading dash would be taken as an option.
  const tool = ['-Xmx256m', '-cp', jars, 'kafka.tools.StorageTool', 'format', '--standalone'];
  const features = Object.entries(options.features ?? {}).flatMap(([name, level]) => ['-f', `${name}=${level}`]);
  await run('java', [...tool, '-t', clusterId, '-c', 'server.properties', ...features], dir);
  return clusterId;
}

/** True if the broker at the port is ours: a stranger on the same port has another cluster id. */
async function answers(server: ServerProcess, port: number, clusterId: string): Promise<boolean> {
  const connection = new Connection('millrace-probe', { connectTimeout: 1000, requestTimeout: 2000 });
  connection.on('error', () => {}); // Refused while it starts.
  try {
    await connection.connect('127.0.0.1', port);
    const metadata = await metadataV12.api.async(connection, [], false, false);
    if (metadata.clusterId !== clusterId) throw new Error('another broker has the port');
    return server.alive && metadata.brokers.length > 0;
  } finally {
    await connection.close();
  }
}
