/**
 * A process for tests: `append-numbers.ts <path> <count>`. Goes on from its committed offset, writes each number to two
 * topics in one transaction with the offset, and prints it when it is committed. Ends at `count`.
 */
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts';
import { record } from '../conformance/record.ts';

const [path = '', count = '0'] = process.argv.slice(2);
const log = await openEmbeddedLog(path);
const producer = await log.producer({ transactionalId: 'numbers' });
const source = { topic: 'source', partition: 0 };
const [committed] = await log.committed('numbers', [source]);
for (let at = committed?.offset ?? 0; at < Number(count); at++) {
  for (const topic of ['odd-sizes', 'plain']) {
    producer.append(topic, at % 2, record(`${at}`, topic === 'plain' ? `${at}` : `${at}`.padEnd((at * 7919) % 30_000)));
  }
  await producer.commit({ group: 'numbers', member: null, positions: [{ ...source, offset: at + 1 }] });
  process.stdout.write(`${at}\n`);
}
await log.close();
