import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Scenario } from '../interpreter/scenario.ts';

/** What Kafka Streams makes of a scenario: the scenario with its outcome, or why there is none. */
export type Answer = Scenario | { readonly name: string; readonly error: string };

const BESIDE = join(import.meta.dirname, '../../../../shared/conformance/oracle/run');

/** Where the oracle is; undefined where there is none. */
export function findOracle(): string | undefined {
  const path = process.env['MILLRACE_ORACLE'] ?? BESIDE;
  return existsSync(path) ? path : undefined;
}

/** Kafka Streams itself, in a process of its own that answers scenarios in order. */
export class Oracle {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #errors = '';

  constructor(path: string) {
    this.#process = spawn(path, [], { stdio: 'pipe' });
    createInterface({ input: this.#process.stdout }).on('line', (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line) as Answer),
    );
    this.#process.stderr.on('data', (data: Buffer) => {
      this.#errors = (this.#errors + data.toString()).slice(-2000);
    });
    this.#process.on('error', (error) => this.#fail(error.message));
    this.#process.on('close', (code) => this.#fail(`it ended with code ${code}`));
    this.#process.stdin.on('error', () => {});
  }

  ask(scenarios: readonly Scenario[]): Promise<Answer[]> {
    const answers = scenarios.map(
      (scenario) =>
        new Promise<Answer>((resolve, reject) => {
          this.#waiting.push({ resolve, reject });
          this.#process.stdin.write(`${JSON.stringify(scenario)}\n`);
        }),
    );
    return Promise.all(answers);
  }

  close(): void {
    this.#process.stdin.end();
  }

  #fail(reason: string): void {
    for (const { reject } of this.#waiting.splice(0))
      reject(new Error(`The oracle failed: ${reason}. ${this.#errors}`));
  }
}
