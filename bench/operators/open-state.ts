import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { openStateFile } from '../../src/state/sqlite/state-file.ts';
import type { StateBackend } from '../../src/state/store.ts';

export type StateKind = 'sqlite' | 'memory';

interface OpenState {
  readonly backend: StateBackend;
  /** Leaves nothing behind. */
  readonly close: () => void;
}

export const openState = (kind: StateKind): OpenState => (kind === 'memory' ? memory() : stateFile());

function memory(): OpenState {
  return { backend: new MemoryBackend(), close: () => {} };
}

function stateFile(): OpenState {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const backend = openStateFile({ path: join(folder, '0.db'), applicationId: 'bench' });
  return {
    backend,
    close: () => {
      backend.close();
      rmSync(folder, { recursive: true });
    },
  };
}
