import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBackend } from '../../state/memory/memory-backend.ts';
import { openStateFile } from '../../state/sqlite/state-file.ts';
import type { StateBackend } from '../../state/store.ts';
import type { StatePlace } from './simulated-state.ts';

export class MemoryPlace implements StatePlace {
  #backend = new MemoryBackend();

  open(): StateBackend {
    return this.#backend;
  }

  empty(): void {
    this.#backend = new MemoryBackend();
  }

  dispose(): void {}
}

/** Real state files, in a folder for temporary files. */
export class FilePlace implements StatePlace {
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-simulation-'));
  readonly #applicationId: string;
  #number = 1;

  constructor(applicationId: string) {
    this.#applicationId = applicationId;
  }

  open(): StateBackend {
    return openStateFile({ path: join(this.#folder, `${this.#number}.db`), applicationId: this.#applicationId });
  }

  empty(): void {
    this.#number++;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
