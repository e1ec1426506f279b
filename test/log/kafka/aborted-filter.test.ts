import { expect, test } from 'vitest';
import { AbortedFilter } from '../../../src/log/kafka/aborted-filter.ts';
import { BatchBuilder } from '../../../src/log/records/batch-builder.ts';
import { ATTRIBUTES, BATCH } from '../../../src/log/records/batch-layout.ts';
import { RecordBatch } from '../../../src/log/records/record-batch.ts';

const SOURCE = { topic: 't', partition: 0 };

interface BatchOptions {
  readonly producerId: bigint;
  readonly records?: number;
  readonly transactional?: boolean;
}

/** A log of batches and markers, one after another. */
class FakeLog {
  #next = 0;
  readonly batches: RecordBatch[] = [];

  write({ producerId, records = 1, transactional = true }: BatchOptions): number {
    const builder = new BatchBuilder();
    for (let at = 0; at < records; at++) builder.append({ key: null, value: null, timestamp: 0, headers: [] });
    return this.#add(builder.finish({ producerId, transactional, baseOffset: this.#next }), records);
  }

  mark(producerId: bigint, type: 'abort' | 'commit'): void {
    const builder = new BatchBuilder();
    const key = Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]);
    builder.append({ key, value: Buffer.alloc(6), timestamp: 0, headers: [] });
    const bytes = builder.finish({ producerId, transactional: true, baseOffset: this.#next });
    bytes.writeInt16BE(ATTRIBUTES.transactional | ATTRIBUTES.control, BATCH.attributes);
    this.#add(bytes, 1);
  }

  #add(bytes: Buffer, records: number): number {
    const offset = this.#next;
    this.#next += records;
    this.batches.push(new RecordBatch(bytes, 0, bytes.length, SOURCE));
    return offset;
  }
}

function seen(log: FakeLog, aborted: { producerId: bigint; firstOffset: number }[], from = 0): number[] {
  const filter = new AbortedFilter(aborted);
  return log.batches
    .filter(({ baseOffset }) => baseOffset >= from)
    .filter((batch) => filter.lets(batch))
    .map(({ baseOffset }) => baseOffset);
}

test('what is not aborted comes through, markers never do', () => {
  const log = new FakeLog();
  const first = log.write({ producerId: 1n, records: 3 });
  log.mark(1n, 'commit');
  const plain = log.write({ producerId: -1n, transactional: false });
  expect(seen(log, [])).toEqual([first, plain]);
});

test('two producers that abort across each other are told apart, whatever the order of the list', () => {
  const log = new FakeLog();
  const firstOfOne = log.write({ producerId: 1n });
  const firstOfTwo = log.write({ producerId: 2n });
  log.write({ producerId: 1n });
  log.mark(2n, 'abort');
  const kept = log.write({ producerId: 2n });
  log.write({ producerId: 1n });
  log.mark(1n, 'abort');
  log.mark(2n, 'commit');
  const aborted = [
    { producerId: 2n, firstOffset: firstOfTwo },
    { producerId: 1n, firstOffset: firstOfOne },
  ];
  expect(seen(log, aborted)).toEqual([kept]);
  expect(seen(log, aborted.toReversed())).toEqual([kept]);
});

test('a producer may abort twice in one answer', () => {
  const log = new FakeLog();
  const first = log.write({ producerId: 1n });
  log.mark(1n, 'abort');
  const kept = log.write({ producerId: 1n });
  log.mark(1n, 'commit');
  const second = log.write({ producerId: 1n, records: 5 });
  log.mark(1n, 'abort');
  const aborted = [first, second].map((firstOffset) => ({ producerId: 1n, firstOffset }));
  expect(seen(log, aborted)).toEqual([kept]);
});

test('an answer that begins inside an aborted transaction, or ends before its marker, shows none of it', () => {
  const log = new FakeLog();
  const first = log.write({ producerId: 1n });
  const inside = log.write({ producerId: 1n });
  log.write({ producerId: 1n });
  expect(seen(log, [{ producerId: 1n, firstOffset: first }], inside)).toEqual([]);
});

test('records of the producer outside transactions are not touched', () => {
  const log = new FakeLog();
  const first = log.write({ producerId: 1n });
  const plain = log.write({ producerId: 1n, transactional: false });
  expect(seen(log, [{ producerId: 1n, firstOffset: first }])).toEqual([plain]);
});
