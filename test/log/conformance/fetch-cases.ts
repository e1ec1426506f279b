import { expect, test } from 'vitest';
import { allOf, type Bench, expectFailure, pollSome, readAll, readTo, record, textOf } from './support.ts';

export function fetchCases({ log, topic, producer }: Bench): void {
  /** A topic whose partitions hold the values `p.0`, `p.1`, … with timestamps 1000, 1001, … */
  async function filled(partitions: number, count: number): Promise<string> {
    const made = await topic(partitions);
    const writer = await producer();
    for (let partition = 0; partition < partitions; partition++) {
      for (let at = 0; at < count; at++) {
        writer.append(made, partition, record(`${at}`, `${partition}.${at}`, { timestamp: 1000 + at }));
      }
    }
    await writer.commit();
    return made;
  }

  test('an empty partition gives nothing after the time to wait', async () => {
    const made = await topic();
    const fetcher = (await log()).fetcher();
    fetcher.assign([{ topic: made, partition: 0, offset: 0 }]);
    const found = await fetcher.poll(50);
    expect(found.flatMap(({ records }) => records)).toEqual([]);
    await fetcher.close();
  });

  test('who waits is woken by a commit of another client', async () => {
    const made = await topic();
    const fetcher = (await log()).fetcher();
    fetcher.assign([{ topic: made, partition: 0, offset: 0 }]);
    const writer = await producer();
    const waiting = pollSome(fetcher);
    writer.append(made, 0, record('k', 'v'));
    await writer.commit();
    const found = await waiting;
    expect(found).toMatchObject({ topic: made, partition: 0 });
    expect(found.records.map(textOf)).toEqual(['v']);
    await fetcher.close();
  });

  test('an answer says where the partition stands', async () => {
    const made = await filled(1, 3);
    const one = await log();
    const fetcher = one.fetcher();
    fetcher.assign([{ topic: made, partition: 0, offset: 0 }]);
    const found = await pollSome(fetcher);
    const [stable] = await one.offsets(allOf(made, 1), 'stable');
    expect(found.end).toBe(stable?.offset);
    expect(found.position).toBe(stable?.offset);
    expect(found.highWatermark).toBeGreaterThanOrEqual(found.end);
    await fetcher.close();
  });

  test('reading begins where it is told and can be moved', async () => {
    const made = await filled(1, 5);
    const one = await log();
    const offsets = (await readAll(one, made)).map(({ offset }) => offset);
    const fetcher = one.fetcher();
    fetcher.assign([{ topic: made, partition: 0, offset: offsets[3] ?? 0 }]);
    expect((await pollSome(fetcher)).records.map(textOf)).toEqual(['0.3', '0.4']);
    fetcher.assign([{ topic: made, partition: 0, offset: offsets[1] ?? 0 }]);
    expect((await pollSome(fetcher)).records.map(textOf)).toEqual(['0.1', '0.2', '0.3', '0.4']);
    await fetcher.close();
  });

  test('a partition that is not read any more gives nothing', async () => {
    const made = await filled(2, 2);
    const fetcher = (await log()).fetcher();
    fetcher.assign(allOf(made, 2).map((partition) => ({ ...partition, offset: 0 })));
    fetcher.unassign([{ topic: made, partition: 0 }]);
    expect((await pollSome(fetcher)).partition).toBe(1);
    expect((await fetcher.poll(50)).flatMap(({ records }) => records)).toEqual([]);
    await fetcher.close();
  });

  test('a paused partition waits, and goes on without a gap', async () => {
    const made = await topic(2);
    const one = await log();
    const fetcher = one.fetcher();
    fetcher.assign(allOf(made, 2).map((partition) => ({ ...partition, offset: 0 })));
    fetcher.pause([{ topic: made, partition: 0 }]);
    // What was asked for before the pause comes with this poll at the latest.
    await fetcher.poll(700);
    const writer = await producer();
    for (const partition of [0, 1]) writer.append(made, partition, record('k', `${partition}`));
    await writer.commit();
    expect((await pollSome(fetcher)).partition).toBe(1);
    expect((await fetcher.poll(50)).flatMap(({ records }) => records)).toEqual([]);
    fetcher.resume([{ topic: made, partition: 0 }]);
    expect((await pollSome(fetcher)).records.map(textOf)).toEqual(['0']);
    await fetcher.close();
  });

  test('a fetcher that is closed ends the poll that waits', async () => {
    const made = await topic();
    const fetcher = (await log()).fetcher();
    fetcher.assign([{ topic: made, partition: 0, offset: 0 }]);
    const waiting = fetcher.poll(60_000);
    await fetcher.close();
    expect(await waiting).toEqual([]);
  });

  test('offsets are found by place and by time', async () => {
    const made = await filled(2, 4);
    const one = await log();
    const both = allOf(made, 2);
    const first = (await readAll(one, made)).map(({ offset }) => offset).slice(0, 4);
    expect((await one.offsets(both, 'earliest')).map(({ offset }) => offset)).toEqual([0, 0]);
    const ends = await one.offsets(both, 'end');
    expect(await one.offsets(both, 'stable')).toEqual(ends);
    expect(ends[0]?.offset).toBe((first[3] ?? 0) + 1);
    expect((await one.offsets(both, 1002)).map(({ offset }) => offset)).toEqual([first[2], first[2]]);
    expect((await one.offsets(both, 0)).map(({ offset }) => offset)).toEqual([0, 0]);
    expect(await one.offsets(both, 5000)).toEqual(ends);
  });

  test('deleted records are out of range, later ones stay', async () => {
    const made = await filled(2, 6);
    const one = await log();
    const all = await readAll(one, made);
    const middle = all[3]?.offset ?? 0;
    await one.deleteRecordsBefore([{ topic: made, partition: 0, offset: middle }]);
    expect((await one.offsets(allOf(made, 2), 'earliest')).map(({ offset }) => offset)).toEqual([middle, 0]);
    expect((await readAll(one, made)).map(textOf)).toEqual(all.slice(3).map(textOf));
    const fetcher = one.fetcher();
    fetcher.assign([{ topic: made, partition: 0, offset: 0 }]);
    await expectFailure(fetcher.poll(10_000), 'OFFSET_OUT_OF_RANGE');
    fetcher.assign([{ topic: made, partition: 0, offset: middle }]);
    expect((await pollSome(fetcher)).records.map(textOf)).toEqual(['0.3', '0.4', '0.5']);
    await fetcher.close();
  });

  test('an offset past the end is out of range, and takes nothing from other partitions', async () => {
    const made = await filled(2, 2);
    const one = await log();
    const fetcher = one.fetcher();
    fetcher.assign([
      { topic: made, partition: 0, offset: 99 },
      { topic: made, partition: 1, offset: 0 },
    ]);
    const values: (string | null)[] = [];
    const poll = async (): Promise<void> => {
      for (;;) for (const { records } of await fetcher.poll(10_000)) values.push(...records.map(textOf));
    };
    await expectFailure(poll(), 'OFFSET_OUT_OF_RANGE');
    fetcher.unassign([{ topic: made, partition: 0 }]);
    const [end] = await one.offsets([{ topic: made, partition: 1 }], 'stable');
    if (values.length === 0 && end !== undefined) {
      values.push(...((await readTo(fetcher, [end])).get(1) ?? []).map(textOf));
    }
    expect(values).toEqual(['1.0', '1.1']);
    await fetcher.close();
  });
}
