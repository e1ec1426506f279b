import { join } from 'node:path';
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { timedConformance } from '../timed-conformance.ts';

timedConformance('timed stores in the state file', () => {
  const directory = temporaryDirectory();
  const backend = openStateFile({ path: join(directory.path, 'thread-1.db'), applicationId: 'app' });
  return {
    backend,
    reopen: () => backend,
    close: () => {
      backend.close();
      directory.remove();
    },
  };
});
