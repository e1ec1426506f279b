import { expect, test } from 'vitest';
import { allOf, type Bench, expectFailure, readAll, record, textOf } from './support.ts';

export function transactionCases({ log, name, topic, producer }: Bench): void {
  test('a commit says where it ends', async () => {
    const made = await topic(3);
    const writer = await producer({ transactionalId: name('id') });
    for (let round = 0; round < 3; round++) {
      for (const partition of [0, 2, 2]) writer.append(made, partition, record('k', `${round}`));
      const positions = await writer.commit();
      expect(positions.map(({ partition }) => partition).sort()).toEqual([0, 2]);
      const records = await readAll(await log(), made);
      const lasts = records
        .filter((one, at) => (records[at + 1]?.offset ?? 0) <= one.offset)
        .map(({ offset }) => offset + 1);
      expect(positions.sort((a, b) => a.partition - b.partition).map(({ offset }) => offset)).toEqual(lasts);
    }
    expect(await writer.commit()).toEqual([]);
  });

  test('nothing is seen before the commit, and then all of it', async () => {
    const [first, second] = [await topic(2), await topic(1)];
    const one = await log();
    const writer = await producer({ transactionalId: name('id') });
    for (const partition of [0, 1]) writer.append(first, partition, record('k', 'a'));
    writer.append(second, 0, record('k', 'b'));
    await writer.drained();
    expect([...(await readAll(one, first)), ...(await readAll(one, second))]).toEqual([]);
    await writer.commit();
    expect((await readAll(one, first)).map(textOf)).toEqual(['a', 'a']);
    expect((await readAll(one, second)).map(textOf)).toEqual(['b']);
  });

  test('what is aborted is never seen, and the producer goes on', async () => {
    const made = await topic();
    const group = name('group');
    const writer = await producer({ transactionalId: name('id') });
    writer.append(made, 0, record('k', 'dropped'));
    await writer.drained();
    await writer.abort();
    expect(writer.pendingBytes).toBe(0);
    writer.append(made, 0, record('k', 'kept'));
    await writer.commit({ group, member: null, positions: [{ topic: made, partition: 0, offset: 5 }] });
    expect((await readAll(await log(), made)).map(textOf)).toEqual(['kept']);
  });

  test('offsets are committed with the records', async () => {
    const made = await topic(2);
    const one = await log();
    const group = name('group');
    const writer = await producer({ transactionalId: name('id') });
    expect(await one.committed(group, allOf(made, 2))).toEqual([]);
    writer.append(made, 0, record('k', 'v'));
    await writer.commit({ group, member: null, positions: [{ topic: made, partition: 1, offset: 7 }] });
    expect(await one.committed(group, allOf(made, 2))).toEqual([{ topic: made, partition: 1, offset: 7 }]);
    await writer.commit({ group, member: null, positions: allOf(made, 2).map((each) => ({ ...each, offset: 9 })) });
    const expected = allOf(made, 2).map((each) => ({ ...each, offset: 9 }));
    expect(await one.committed(group, allOf(made, 2))).toEqual(expected);
    expect(await one.committed(name('other'), allOf(made, 2))).toEqual([]);
  });

  test.each(['in a transaction', 'at least once'] as const)('a time is kept with its offset, %s', async (how) => {
    const made = await topic(3);
    const one = await log();
    const group = name('group');
    const writer = await producer(how === 'at least once' ? {} : { transactionalId: name('id') });
    const at = (partition: number, offset: number) => ({ topic: made, partition, offset });
    const first = [{ ...at(0, 7), time: 1_764_449_544_123 }, { ...at(1, 8), time: 0 }, at(2, 9)];
    await writer.commit({ group, member: null, positions: first });
    expect(await one.committed(group, allOf(made, 3))).toEqual(first);
    // Each commit says it anew: a time is that of its offset.
    const second = [at(0, 10), { ...at(1, 11), time: -1 }, { ...at(2, 12), time: 5 }];
    await writer.commit({ group, member: null, positions: second });
    expect(await one.committed(group, allOf(made, 3))).toEqual([at(0, 10), at(1, 11), { ...at(2, 12), time: 5 }]);
  });

  test('a record appended while a commit is in flight belongs to the next transaction', async () => {
    const made = await topic();
    const one = await log();
    const writer = await producer({ transactionalId: name('id') });
    writer.append(made, 0, record('k', 'first'));
    const committing = writer.commit();
    writer.append(made, 0, record('k', 'second'));
    await committing;
    expect((await readAll(one, made)).map(textOf)).toEqual(['first']);
    await writer.commit();
    expect((await readAll(one, made)).map(textOf)).toEqual(['first', 'second']);
  });

  test('a newer producer of the same id fences the older one', async () => {
    const made = await topic();
    const transactionalId = name('id');
    const group = name('group');
    const positions = [{ topic: made, partition: 0, offset: 3 }];
    const older = await producer({ transactionalId });
    older.append(made, 0, record('k', 'kept'));
    await older.commit();
    older.append(made, 0, record('k', 'dropped'));
    await older.drained();
    const newer = await producer({ transactionalId });
    await expectFailure(older.commit({ group, member: null, positions }), 'FENCED');
    newer.append(made, 0, record('k', 'new'));
    await newer.commit();
    const one = await log();
    expect((await readAll(one, made)).map(textOf)).toEqual(['kept', 'new']);
    expect(await one.committed(group, positions)).toEqual([]);
    await older.close();
  });

  test('what a producer has not committed when it is closed is dropped', async () => {
    const made = await topic();
    const transactionalId = name('id');
    const writer = await producer({ transactionalId });
    writer.append(made, 0, record('k', 'dropped'));
    await writer.close();
    const next = await producer({ transactionalId });
    next.append(made, 0, record('k', 'kept'));
    await next.commit();
    expect((await readAll(await log(), made)).map(textOf)).toEqual(['kept']);
  });
}
