import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** What is missing to start servers, as a sentence, or null. */
export function missingTools(): string | null {
  const java = javaVersion();
  if (java === null) return 'there is no `java` on PATH';
  if (java < 17) return `\`java\` on PATH is version ${java}`;
  return hasMaven() ? null : 'there is no `mvn` on PATH';
}

/** Throws a sentence with the fix where Java 17 or Maven are missing. */
export function requireTools(what: string): void {
  const missing = missingTools();
  if (missing !== null) {
    throw new Error(
      `${what} is started from Maven's jars, which needs Java 17 or later and Maven, but ${missing}. Install them, or use docker compose.`,
    );
  }
}

/** Runs a program to its end; a failure carries what it printed. */
export async function run(program: string, args: readonly string[], cwd?: string): Promise<void> {
  try {
    await execFileAsync(program, args, { cwd, maxBuffer: 16 << 20 });
  } catch (error) {
    const printed = error instanceof Error && 'stdout' in error ? `${error.stdout}` : '';
    throw new Error(`${program} ${args[0] ?? ''} failed.\n${printed.slice(-2000)}`, { cause: error });
  }
}

/** Downloads an artifact with all that it needs at run time into `folder`/libs. */
export async function downloadWithDependencies(folder: string, artifacts: readonly string[]): Promise<void> {
  await writeFile(join(folder, 'pom.xml'), pom(artifacts));
  const copy = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  await run('mvn', [...copy, `-DoutputDirectory=${join(folder, 'libs')}`], folder);
}

function pom(artifacts: readonly string[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, id, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>servers</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies></project>\n`;
}

function javaVersion(): number | null {
  try {
    const printed = execFileSync('java', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return Number(/\s(\d+)/.exec(printed)?.[1] ?? 0);
  } catch {
    return null;
  }
}

function hasMaven(): boolean {
  try {
    execFileSync('mvn', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
