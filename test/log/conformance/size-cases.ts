import { expect, test } from 'vitest';
import type { Log } from '../../../src/log/port.ts';
import { type Bench, expectFailure, readAll, record, textOf } from './support.ts';

const LIMIT = 10_000;
/** Beside its value: the batch's header, and of the record the lengths (3, 1, 3), its key, three fields, no headers. */
const AROUND = 61 + 7 + 1 + 3 + 1;

export function sizeCases({ log, name }: Bench): void {
  async function limited(): Promise<{ one: Log; made: string }> {
    const one = await log();
    const made = name('limited');
    await one.createTopics([{ name: made, partitions: 1, config: { 'max.message.bytes': String(LIMIT) } }]);
    return { one, made };
  }

  test('records that fit are split into batches that the topic takes', async () => {
    const { one, made } = await limited();
    const writer = await one.producer({ transactionalId: name('id') });
    const values = Array.from({ length: 500 }, (_, at) => `${at}`.padEnd(1000));
    for (const value of values) writer.append(made, 0, record('k', value, { headers: [['h', Buffer.alloc(100)]] }));
    await writer.commit();
    expect((await readAll(one, made)).map(textOf)).toEqual(values);
  });

  test('a record just as large as the topic takes is written, one larger is refused when it is appended', async () => {
    const { one, made } = await limited();
    const writer = await one.producer({ transactionalId: name('id') });
    const largest = 'x'.repeat(LIMIT - AROUND);
    expect(() => writer.append(made, 0, record('k', `${largest}x`))).toThrow(
      `A record of ${LIMIT + 1} bytes is larger than topic ${made} takes: its max.message.bytes is ${LIMIT}.`,
    );
    expect(writer.isEmpty).toBe(true);
    writer.append(made, 0, record('k', largest));
    expect(() => writer.append(made, 0, record('k', 'x'.repeat(3 * LIMIT)))).toThrow(/max\.message\.bytes/);
    writer.append(made, 0, record('k', 'after'));
    expect(await writer.commit()).toEqual([{ topic: made, partition: 0, offset: 2 }]);
    expect((await readAll(one, made)).map(textOf)).toEqual([largest, 'after']);
  });

  test('the limit of a topic that was made before is known once it was described', async () => {
    const { made } = await limited();
    const other = await log();
    await other.describeTopics([made]);
    const writer = await other.producer({});
    expect(() => writer.append(made, 0, record('k', 'x'.repeat(LIMIT)))).toThrow(/max\.message\.bytes/);
    await writer.close();
  });

  test('a limit that is no number is refused', async () => {
    const bad = { name: name('bad'), partitions: 1, config: { 'max.message.bytes': 'much' } };
    await expectFailure((await log()).createTopics([bad]), 'TOPIC_INVALID');
  });
}
