import { defineConfig } from 'vitest/config';

/** The suffix of a test says what it needs: `.test.ts` nothing, `.kafka.test.ts` a broker, `.crash.test.ts` processes. */
const slow = ['test/**/*.kafka.test.ts', 'test/**/*.crash.test.ts', 'test/**/*.e2e.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: slow, testTimeout: 30_000 } },
      { test: { name: 'slow', include: slow, testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false } },
    ],
  },
});
