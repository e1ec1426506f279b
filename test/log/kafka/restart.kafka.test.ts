import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaServer, startKafka } from '../../../scripts/lib/kafka-server.ts';
import { isMillraceError } from '../../../src/errors.ts';
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { Fetcher, Log, Producer } from '../../../src/log/port.ts';
import { canStartServers } from '../../support/servers.ts';
import { allOf, readAll, reading, record, textOf, untilTasks } from '../conformance/support.ts';

const PARTITIONS = 3;
const GROUP = 'copiers';

describe.skipIf(!canStartServers('Kafka restarts'))('a broker that is killed and started again', () => {
  let server: KafkaServer;
  beforeAll(async () => {
    server = await startKafka();
  });
  afterAll(async () => {
    await server?.stop();
    if (server !== undefined) rmSync(server.dir, { recursive: true, force: true });
  });

  test('loses and doubles nothing of a copying worker, which goes on by itself', async () => {
    const log = await openKafkaLog({ bootstrapServers: [server.bootstrapServers], clientId: 'restart' });
    await log.createTopics(['from', 'to'].map((name) => ({ name, partitions: PARTITIONS })));
    const member = await log.join({
      group: GROUP,
      memberId: 'copier',
      processId: 'copier',
      subtopologies: [reading('from', PARTITIONS)],
    });
    await untilTasks(member, PARTITIONS);
    member.report(member.assigned ?? []);

    let isWriting = true;
    const written = write(log, () => isWriting);
    const copier = new Copier(log, () => member.token);
    const copied = copier.run();
    for (let kill = 0; kill < 2; kill++) {
      const before = copier.commits;
      await expect.poll(() => copier.commits, { timeout: 30_000 }).toBeGreaterThan(before + 5);
      await server.kill9();
      server = await startKafka({ dir: server.dir });
    }
    const before = copier.commits;
    await expect.poll(() => copier.commits, { timeout: 60_000 }).toBeGreaterThan(before + 3);
    isWriting = false;
    const counts = await written;
    await expect.poll(() => copier.copied, { timeout: 60_000 }).toEqual(counts);
    copier.isStopped = true;
    await copied;
    expect(member.failure).toBeNull();
    expect(await numbers(log, 'from')).toEqual(expectedNumbers(counts));
    expect(await numbers(log, 'to')).toEqual(expectedNumbers(counts));
    await member.leave();
    await log.close();
  });
});

/** Writes numbers to each partition, again and again after errors, exactly once. Returns how many. */
async function write(log: Log, isWriting: () => boolean): Promise<number[]> {
  const producer = await log.producer({ transactionalId: 'writer' });
  const counts = Array.from({ length: PARTITIONS }, () => 0);
  while (isWriting()) {
    const next = [...counts];
    for (let at = 0; at < 300; at++) {
      const partition = at % PARTITIONS;
      producer.append('from', partition, record('k', `${next[partition]}`));
      next[partition] = (next[partition] ?? 0) + 1;
    }
    // The records tell themselves whether a commit with an unknown end took place.
    counts.splice(0, PARTITIONS, ...((await commits(producer)) ? next : await lastCounts(log)));
    await delay(20);
  }
  await producer.close();
  return counts;
}

async function commits(producer: Producer, ...offsets: Parameters<Producer['commit']>): Promise<boolean> {
  try {
    await producer.commit(...offsets);
    return true;
  } catch (error) {
    if (!isMillraceError(error) || error.fatal) throw error;
    await producer.abort();
    return false;
  }
}

async function lastCounts(log: Log): Promise<number[]> {
  return (await numbers(log, 'from')).map((found) => found.length);
}

/** Copies `from` to `to`, as a worker does: after an error it goes on at the committed offsets. */
class Copier {
  readonly #log: Log;
  readonly #token: () => { memberId: string; epoch: number };
  readonly copied = Array.from({ length: PARTITIONS }, () => 0);
  commits = 0;
  isStopped = false;

  constructor(log: Log, token: () => { memberId: string; epoch: number }) {
    this.#log = log;
    this.#token = token;
  }

  async run(): Promise<void> {
    const producer = await this.#log.producer({ transactionalId: 'copier' });
    const fetcher = this.#log.fetcher();
    await this.#rewind(fetcher);
    while (!this.isStopped) {
      const answer = await fetcher.poll(100);
      for (const { partition, records } of answer) {
        for (const one of records) producer.append('to', partition, record('k', textOf(one)));
      }
      if (answer.length === 0) continue;
      const positions = answer.map(({ topic, partition, position: offset }) => ({ topic, partition, offset }));
      const done = await commits(producer, { group: GROUP, member: this.#token(), positions });
      if (!done) await this.#rewind(fetcher);
      else for (const { partition, records } of answer) this.#count(partition, records.length);
    }
    await fetcher.close();
    await producer.close();
  }

  #count(partition: number, records: number): void {
    this.copied[partition] = (this.copied[partition] ?? 0) + records;
    this.commits++;
  }

  async #rewind(fetcher: Fetcher): Promise<void> {
    const committed = await this.#log.committed(GROUP, allOf('from', PARTITIONS));
    const known = new Map(committed.map(({ partition, offset }) => [partition, offset]));
    fetcher.assign(allOf('from', PARTITIONS).map((each) => ({ ...each, offset: known.get(each.partition) ?? 0 })));
  }
}

async function numbers(log: Log, topic: string): Promise<number[][]> {
  const found: number[][] = Array.from({ length: PARTITIONS }, () => []);
  const partitions = allOf(topic, PARTITIONS);
  for (const { partition } of partitions) found[partition] = [];
  const all = await readAll(log, topic);
  let partition = 0;
  let last = -1;
  for (const one of all) {
    // `readAll` gives partition after partition, offsets rising in each.
    if (one.offset <= last) partition++;
    last = one.offset;
    found[partition]?.push(Number(textOf(one)));
  }
  return found;
}

function expectedNumbers(counts: readonly number[]): number[][] {
  return counts.map((count) => Array.from({ length: count }, (_, at) => at));
}
