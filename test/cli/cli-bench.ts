import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs command lines in this process, on a data folder of its own. */
export class CliBench {
  readonly #directory = temporaryDirectory();
  readonly dataDir = join(this.#directory.path, 'data');
  readonly controller = new AbortController();

  path(name: string): string {
    return join(this.#directory.path, name);
  }

  file(name: string, content: string | Buffer): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** `onTalk` sees what is said on stderr as it is said. */
  async run(
    argv: readonly string[],
    options: { env?: Record<string, string>; onTalk?: (text: string) => void } = {},
  ): Promise<Answer> {
    let [out, err] = ['', ''];
    const code = await main(argv, {
      stdout: {
        isTTY: false,
        write: (text) => {
          out += text;
        },
      },
      stderr: {
        isTTY: false,
        write: (text) => {
          err += text;
          options.onTalk?.(text);
        },
      },
      env: { MILLRACE_DATA_DIR: this.dataDir, ...options.env },
      signal: this.controller.signal,
    });
    return { code, out, err };
  }

  remove(): void {
    this.#directory.remove();
  }
}

export function ndjson(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
