import { GCProfiler, getHeapStatistics } from 'node:v8';

/**
 * The bytes that V8 gave out on its heap while `work` ran: how much the heap grew, and what each collection took from it.
 * The collections' own report of the heap before and after them makes that an exact sum, whatever dies young. (This V8
 * has no count of allocated bytes; sampling would be an estimate, and a heap that is large enough to need no collection
 * would be another program.) Buffers have their memory elsewhere and are not in it.
 */
export async function allocatedBytes<T>(work: () => Promise<T>): Promise<{ bytes: number; result: T }> {
  const profiler = new GCProfiler();
  profiler.start();
  const before = getHeapStatistics().used_heap_size;
  const result = await work();
  const grown = getHeapStatistics().used_heap_size - before;
  const { statistics } = profiler.stop();
  let collected = 0;
  for (const { beforeGC, afterGC } of statistics)
    collected += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
  return { bytes: grown + collected, result };
}
