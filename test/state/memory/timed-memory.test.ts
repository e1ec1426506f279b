import { MemoryBackend } from '../../../src/state/memory/memory-backend.ts';
import { timedConformance } from '../timed-conformance.ts';

timedConformance('timed stores in memory', () => {
  const backend = new MemoryBackend();
  return { backend, reopen: () => backend, close: () => backend.close() };
});
