import { afterEach, expect, test, vi } from 'vitest';
import { exampleLines } from '../../src/cli/example-lines.ts';
import { EmbeddedLog } from '../../src/log/embedded/embedded-log.ts';
import { CliBench } from './cli-bench.ts';

const bench = new CliBench();
afterEach(() => {
  vi.restoreAllMocks();
  bench.remove();
});

test('a command that waits for a log that does not answer says so, once', async () => {
  await bench.run(['import', 'orders', bench.file('orders.ndjson', exampleLines.orders)]);
  const silence = vi.spyOn(EmbeddedLog.prototype, 'silence');
  silence.mockReturnValue({ forMs: 12_000, reason: 'connect ECONNREFUSED' });
  const onTalk = (text: string): void => {
    if (text.includes('has not answered')) silence.mockReturnValue(null);
    if (text.includes('answers again')) bench.controller.abort();
  };
  const { code, err } = await bench.run(['tail', 'orders'], { onTalk });
  expect(code).toBe(0);
  expect(err).toMatch(
    /^The log has not answered for 12 s \(connect ECONNREFUSED\)\. .*\nThe log answers again, after 12 s\.\n$/,
  );
});
