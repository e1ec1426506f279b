import { join } from 'node:path';
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { storeConformance } from '../conformance.ts';

storeConformance('the state file', () => {
  const directory = temporaryDirectory();
  const open = () => openStateFile({ path: join(directory.path, 'state', 'thread-1.db'), applicationId: 'app' });
  let backend = open();
  return {
    backend,
    reopen: () => {
      backend.close();
      backend = open();
      return backend;
    },
    close: () => {
      backend.close();
      directory.remove();
    },
  };
});
