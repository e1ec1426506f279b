import { MemoryBackend } from '../../../src/state/memory/memory-backend.ts';
import { storeConformance } from '../conformance.ts';

storeConformance('MemoryBackend', () => {
  const backend = new MemoryBackend();
  return { backend, reopen: () => backend, close: () => backend.close() };
});
