import { expect, test } from 'vitest';
import type { OutgoingRecord } from '../../../src/log/port.ts';
import { allOf, type Bench, keyTextOf, readAll, readTo, record, stableEnds, textOf } from './support.ts';

export function recordCases({ log, name, topic, producer }: Bench): void {
  for (const kind of ['at least once', 'transactional'] as const) {
    test(`a record comes back as it was written (${kind})`, async () => {
      const made = await topic();
      const written: OutgoingRecord[] = [
        record('key', 'value'),
        record(null, 'no key'),
        record('tombstone', null),
        record('', ''),
        record('headers', 'v', {
          headers: [
            ['name', Buffer.from('one')],
            ['name', Buffer.from([0, 255])],
            ['null', null],
            ['', Buffer.alloc(0)],
          ],
        }),
        record('earlier', 'v', { timestamp: 1_500_000_000_001 }),
        record('long', 'x'.repeat(300_000)),
      ];
      const writer = await producer(kind === 'transactional' ? { transactionalId: name('id') } : {});
      for (const one of written) writer.append(made, 0, one);
      await writer.commit();
      const found = await readAll(await log(), made);
      expect(found.map((one) => [keyTextOf(one), textOf(one), one.timestamp])).toEqual(
        written.map((one) => [one.key?.toString() ?? null, one.value?.toString() ?? null, one.timestamp]),
      );
      const plain = found.map((one) => one.headers.map(([header, value]) => [header, value && [...value]]));
      expect(plain).toEqual(written.map((one) => one.headers.map(([header, value]) => [header, value && [...value]])));
    });
  }

  test('the bytes of a record may be used again at once', async () => {
    const made = await topic();
    const writer = await producer();
    const [key, value] = [Buffer.from('key'), Buffer.alloc(100, 'a')];
    writer.append(made, 0, { key, value, timestamp: 1, headers: [['h', key]] });
    key.fill('x');
    value.fill('b');
    writer.append(made, 0, { key, value, timestamp: 1, headers: [] });
    await writer.commit();
    const found = await readAll(await log(), made);
    expect(found.map((one) => [keyTextOf(one), textOf(one)])).toEqual([
      ['key', 'a'.repeat(100)],
      ['xxx', 'b'.repeat(100)],
    ]);
    expect(found[0]?.headers[0]?.[1]?.toString()).toBe('key');
  });

  test('many records keep their order in each partition, however small the answers', async () => {
    const made = await topic(3);
    const one = await log();
    const writer = await producer({ transactionalId: name('id') });
    const count = 30_000;
    for (let at = 0; at < count; at++) {
      writer.append(made, at % 3, record(`k${at}`, `${at}`.padEnd(40)));
      if (at % 7000 === 6999) await writer.commit();
    }
    await writer.commit();
    const fetcher = one.fetcher({ maxBytesPerPartition: 10_000 });
    fetcher.assign(allOf(made, 3).map((partition) => ({ ...partition, offset: 0 })));
    const records = await readTo(fetcher, await stableEnds(one, allOf(made, 3)));
    for (const [partition, found] of records) {
      const expected = Array.from({ length: count / 3 }, (_, at) => `${at * 3 + partition}`);
      expect(found.map((each) => textOf(each)?.trim())).toEqual(expected);
      expect(found.every((each, at) => at === 0 || each.offset > (found[at - 1]?.offset ?? 0))).toBe(true);
    }
    await fetcher.close();
  });

  test('what is pending can be waited for', async () => {
    const made = await topic();
    const writer = await producer();
    expect(writer.pendingBytes).toBe(0);
    writer.append(made, 0, record('k', 'x'.repeat(1000)));
    expect(writer.pendingBytes).toBeGreaterThan(1000);
    for (let at = 0; at < 3000; at++) writer.append(made, 0, record('k', 'x'.repeat(1000)));
    await writer.drained();
    await writer.commit();
    expect(writer.pendingBytes).toBe(0);
    expect((await readAll(await log(), made)).length).toBe(3001);
  });
}
