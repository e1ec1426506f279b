import { Connection, offsetCommitV9 } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { Log, Position } from '../../../src/log/port.ts';
import { describeWithKafka } from '../../support/kafka-server.ts';
import { allOf, expectFailure, readAll, readTo, record, stableEnds, textOf } from '../conformance/support.ts';

describeWithKafka('Kafka transactions', (kafka) => {
  const open = (): Promise<Log> => openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });

  test('interleaved aborted transactions of two producers are never seen, however small the answers', async () => {
    const log = await open();
    await log.createTopics([{ name: 'interleaved', partitions: 2 }]);
    const producers = [
      await log.producer({ transactionalId: 'left' }),
      await log.producer({ transactionalId: 'right' }),
    ];
    const expected: string[] = [];
    for (let round = 0; round < 40; round++) {
      // Both write before either ends, so that their batches and markers interleave.
      for (const [index, producer] of producers.entries()) {
        for (let at = 0; at < 5; at++) producer.append('interleaved', at % 2, record('k', `${round}.${index}.${at}`));
        producer.append('interleaved', 0, record('k', 'x'.repeat(300_000))); // Sent before the end.
      }
      for (const [index, producer] of producers.entries()) {
        if ((round * 7 + index * 3) % 5 < 2) {
          await producer.abort();
        } else {
          await producer.commit();
          for (let at = 0; at < 5; at++) expected.push(`${round}.${index}.${at}`);
        }
      }
    }
    for (const maxBytesPerPartition of [1, 10_000, 4 << 20]) {
      const fetcher = log.fetcher({ maxBytesPerPartition });
      fetcher.assign(allOf('interleaved', 2).map((each) => ({ ...each, offset: 0 })));
      const found = await readTo(fetcher, await stableEnds(log, allOf('interleaved', 2)));
      const values = [...found.values()].flat().map((one) => textOf(one) ?? '');
      expect(values.filter((value) => !value.startsWith('x')).sort()).toEqual([...expected].sort());
      await fetcher.close();
    }
    await log.close();
  });

  test('a reader that begins inside an aborted transaction sees nothing of it', async () => {
    const log = await open();
    await log.createTopics([{ name: 'inside', partitions: 1 }]);
    const producer = await log.producer({ transactionalId: 'inside' });
    for (let at = 0; at < 30; at++) producer.append('inside', 0, record('k', `${at}`.padEnd(300_000)));
    await producer.drained();
    await producer.abort();
    producer.append('inside', 0, record('k', 'kept'));
    const [end] = await producer.commit();
    const fetcher = log.fetcher();
    fetcher.assign([{ topic: 'inside', partition: 0, offset: 5 }]);
    const found = await readTo(fetcher, end === undefined ? [] : [end]);
    expect(found.get(0)?.map(textOf)).toEqual(['kept']);
    await log.close();
  });

  test('a transaction of many batches is one, and says its ends', async () => {
    const log = await open();
    await log.createTopics([{ name: 'large', partitions: 2 }]);
    const producer = await log.producer({ transactionalId: 'large' });
    const count = 60_000;
    for (let at = 0; at < count; at++) producer.append('large', at % 2, record(`${at}`, `${at}`.padEnd(100)));
    expect(producer.pendingBytes).toBeGreaterThan(6_000_000);
    const ends = await producer.commit();
    expect(ends).toEqual(allOf('large', 2).map((each) => ({ ...each, offset: count / 2 })));
    const found = await readAll(log, 'large');
    expect(found.map((one) => Number(textOf(one)))).toEqual(
      [0, 1].flatMap((partition) => Array.from({ length: count / 2 }, (_, at) => at * 2 + partition)),
    );
    await log.close();
  });

  test('a batch beyond a limit that was not asked for is named, and the producer goes on after the abort', async () => {
    const log = await open();
    const other = await open();
    await other.createTopics([{ name: 'limit', partitions: 1 }]);
    await other.close();
    const producer = await log.producer({ transactionalId: 'limit' });
    producer.append('limit', 0, record('k', 'x'.repeat(1_200_000)));
    await expectFailure(producer.commit(), 'BATCH_TOO_LARGE');
    await expectFailure(producer.commit(), 'BATCH_TOO_LARGE');
    await producer.abort();
    producer.append('limit', 0, record('k', 'fits'));
    await producer.commit();
    expect((await readAll(log, 'limit')).map(textOf)).toEqual(['fits']);
    await log.close();
  });

  test('a transaction that was open too long is told from a fenced producer, and the producer goes on', async () => {
    const log = await open();
    await log.createTopics([{ name: 'slow', partitions: 1 }]);
    const producer = await log.producer({ transactionalId: 'slow', transactionTimeoutMs: 1000 });
    producer.append('slow', 0, record('k', 'x'.repeat(300_000)));
    const isOpen = async (): Promise<boolean> => {
      const at = async (where: 'end' | 'stable'): Promise<Position[]> => log.offsets(allOf('slow', 1), where);
      const [[end], [stable]] = [await at('end'), await at('stable')];
      return (stable?.offset ?? 0) < (end?.offset ?? 0);
    };
    await expect.poll(isOpen, { timeout: 10_000 }).toBe(true);
    await expect.poll(isOpen, { timeout: 20_000 }).toBe(false);
    await expectFailure(producer.commit(), 'TRANSACTION_TIMED_OUT');
    await producer.abort();
    producer.append('slow', 0, record('k', 'kept'));
    await producer.commit();
    expect((await readAll(log, 'slow')).map(textOf)).toEqual(['kept']);
    await log.close();
  });

  test('a fenced producer stays fenced and drops nothing of the newer one', async () => {
    const log = await open();
    await log.createTopics([{ name: 'zombie', partitions: 1 }]);
    const older = await log.producer({ transactionalId: 'zombie' });
    const newer = await log.producer({ transactionalId: 'zombie' });
    newer.append('zombie', 0, record('k', 'x'.repeat(300_000)));
    older.append('zombie', 0, record('k', 'dropped'));
    await expectFailure(older.commit(), 'FENCED');
    await expectFailure(older.abort(), 'FENCED');
    await older.close();
    await newer.commit();
    expect((await readAll(log, 'zombie')).length).toBe(1);
    await log.close();
  });

  test('a time is read where Kafka Streams has written it, and nothing else is taken for one', async () => {
    const log = await open();
    await log.createTopics([{ name: 'foreign', partitions: 4 }]);
    // The broker is the group's coordinator from here on.
    expect(await log.committed('foreign', allOf('foreign', 4))).toEqual([]);
    const metadata = ['AgAAAAAAAABk', 'by a script', '', null];
    const partitions = metadata.map((committedMetadata, partitionIndex) => ({
      partitionIndex,
      committedOffset: 3n,
      committedLeaderEpoch: -1,
      committedMetadata,
    }));
    const connection = new Connection('another client');
    const [host = '', port] = kafka().bootstrapServers.split(':');
    await connection.connect(host, Number(port));
    await offsetCommitV9.api.async(connection, 'foreign', -1, '', null, [{ name: 'foreign', partitions }]);
    await connection.close();
    const expected = allOf('foreign', 4).map((each) => ({ ...each, offset: 3 }));
    expect(await log.committed('foreign', allOf('foreign', 4))).toEqual([
      { ...expected[0], time: 100 },
      ...expected.slice(1),
    ]);
    await log.close();
  });

  test('an offset inside an open transaction is waited for', async () => {
    const log = await open();
    await log.createTopics([{ name: 'unstable', partitions: 1 }]);
    const positions = [{ topic: 'unstable', partition: 0, offset: 1 }];
    const producer = await log.producer({ transactionalId: 'unstable' });
    for (let offset = 1; offset <= 20; offset++) {
      const commit = producer.commit({
        group: 'unstable',
        member: null,
        positions: [{ ...positions[0], offset } as Position],
      });
      const [found] = await log.committed('unstable', positions);
      // Before or after this commit, never a mix and never an error.
      expect([offset - 1, offset]).toContain(found?.offset ?? 0);
      await commit;
      expect(await log.committed('unstable', positions)).toEqual([{ topic: 'unstable', partition: 0, offset }]);
    }
    await log.close();
  });
});
