import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { type Ending, freePorts, spawnJava, untilReady } from './server-process.ts';
import { requireTools, run } from './tools.ts';

export const REGISTRY_VERSION = '2.6.13.Final';

export interface RegistryServer {
  /** Of its Confluent-compatible interface. */
  readonly url: string;
  readonly pid: number;
  readonly ended: Promise<Ending>;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  readonly port?: number;
}

/** Starts an Apicurio registry on 127.0.0.1 and waits until it answers. Its schemas are in memory only. */
export async function startRegistry(options: RegistryOptions = {}): Promise<RegistryServer> {
  requireTools('The schema registry');
  const home = await registryHome();
  const [free = 0] = await freePorts(1);
  const port = options.port ?? free;
  const logs = mkdtempSync(join(tmpdir(), 'millrace-registry-'));
  const server = spawnJava({ args: javaArgs(port), cwd: home, logFile: join(logs, 'registry.log') });
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  try {
    await untilReady(server, async () => (await fetch(`${url}/subjects`)).ok && server.alive, 90_000);
  } catch (error) {
    await server.kill9();
    throw new Error(`The registry did not start: ${error}. Its log: ${join(logs, 'registry.log')}`, { cause: error });
  }
  const stop = (): Promise<void> => server.stop().then(() => rmSync(logs, { recursive: true, force: true }));
  return { url, pid: server.pid, ended: server.ended, stop };
}

function javaArgs(port: number): string[] {
  const jvm = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const address = ['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`];
  return [...jvm, ...address, '-jar', `apicurio-registry-app-${REGISTRY_VERSION}-runner.jar`];
}

/** The folder of the unpacked registry, downloaded once. */
export function registryHome(): Promise<string> {
  return cached(`apicurio-registry-${REGISTRY_VERSION}`, async (folder) => {
    const artifact = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`;
    await run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`], folder);
    const archive = join(folder, `apicurio-registry-app-${REGISTRY_VERSION}-all.tar.gz`);
    await run('tar', ['xzf', archive, '-C', folder], folder);
    rmSync(archive);
  });
}
