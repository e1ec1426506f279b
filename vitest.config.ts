import { defineConfig } from 'vitest/config';

/** The suffix of a test says what it needs: `.test.ts` nothing, `.kafka.test.ts` a broker, `.crash.test.ts` processes. */
const slow = ['test/**/*.kafka.test.ts', 'test/**/*.crash.test.ts', 'test/**/*.e2e.test.ts'];

/** One process for many files: nothing in the project changes state of a module, and to load it anew for each takes longer than most tests. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: slow, testTimeout: 30_000, isolate: false } },
      { test: { name: 'slow', include: slow, testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false } },
    ],
  },
});
