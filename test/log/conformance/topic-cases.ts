import { expect, test } from 'vitest';
import { type Bench, expectFailure, readAll, record } from './support.ts';

export function topicCases({ log, name, topic, producer }: Bench): void {
  test('topics are made once, described and listed', async () => {
    const one = await log();
    const [first, second] = [name('first'), name('second')];
    await one.createTopics([
      { name: first, partitions: 3 },
      { name: second, partitions: 1, config: { 'cleanup.policy': 'compact' } },
    ]);
    await one.createTopics([{ name: first, partitions: 5 }]);
    expect(await one.describeTopics([first, name('absent'), second])).toEqual([
      { name: first, partitions: 3 },
      { name: second, partitions: 1 },
    ]);
    expect(await one.topics()).toEqual(
      expect.arrayContaining([
        { name: first, partitions: 3 },
        { name: second, partitions: 1 },
      ]),
    );
  });

  test('another client sees a new topic', async () => {
    const made = await topic(2);
    expect(await (await log()).describeTopics([made])).toEqual([{ name: made, partitions: 2 }]);
  });

  test('a deleted topic is gone, and one made anew is empty', async () => {
    const one = await log();
    const made = await topic();
    const writer = await producer();
    writer.append(made, 0, record('k', 'old'));
    await writer.commit();
    await one.deleteTopics([made]);
    await expect.poll(() => one.describeTopics([made])).toEqual([]);
    await one.createTopics([{ name: made, partitions: 1 }]);
    expect(await readAll(one, made)).toEqual([]);
  });

  test('a topic that is not there is named', async () => {
    const one = await log();
    const absent = { topic: name('absent'), partition: 0 };
    const fetcher = one.fetcher();
    fetcher.assign([{ ...absent, offset: 0 }]);
    await expectFailure(fetcher.poll(10_000), 'TOPIC_UNKNOWN');
    await expectFailure(one.offsets([absent], 'end'), 'TOPIC_UNKNOWN');
    await fetcher.close();
  });
}
