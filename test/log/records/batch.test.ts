import { gzipSync, zstdCompressSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import { Reader, readRecordsBatches } from '@platformatic/kafka';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMillraceError } from '../../../src/errors.ts';
import type { OutgoingRecord } from '../../../src/log/port.ts';
import { BatchBuilder } from '../../../src/log/records/batch-builder.ts';
import { BATCH, CODECS, type Codec, LENGTH_OVERHEAD } from '../../../src/log/records/batch-layout.ts';
import { type BatchSource, readBatches } from '../../../src/log/records/batch-reader.ts';
import { type FetchedRecord, keyBytes, valueBytes } from '../../../src/log/records/fetched-record.ts';

const source: BatchSource = { topic: 't', partition: 3 };
const bytes = fc.option(fc.uint8Array({ maxLength: 60 }));
const record: fc.Arbitrary<OutgoingRecord> = fc.record({
  key: bytes,
  value: bytes,
  timestamp: fc.integer({ min: -1, max: 4_000_000_000_000 }),
  headers: fc.array(fc.tuple(fc.string(), bytes), { maxLength: 3 }),
});

function build(records: readonly OutgoingRecord[], baseOffset = 0): Buffer {
  const builder = new BatchBuilder();
  for (const one of records) builder.append(one);
  expect(builder.records).toBe(records.length);
  const batch = builder.finish({ baseOffset });
  expect(batch.length).toBe(builder.bytes);
  return batch;
}

function read(buffer: Buffer, from = 0, of = source): FetchedRecord[] {
  const records: FetchedRecord[] = [];
  for (const batch of readBatches(buffer, of)) batch.readInto(records, from);
  return records;
}

function plain(found: FetchedRecord): OutgoingRecord & { offset: number } {
  const headers = found.headers.map(([name, value]) => [name, value && new Uint8Array(value)] as const);
  const [key, value] = [keyBytes(found), valueBytes(found)];
  return {
    offset: found.offset,
    key: key && new Uint8Array(key),
    value: value && new Uint8Array(value),
    timestamp: found.timestamp,
    headers,
  };
}

const text = (value: string): OutgoingRecord => ({ key: null, value: Buffer.from(value), timestamp: 5, headers: [] });

/** The same batch with its records packed. */
function pack(batch: Buffer, codec: Codec, compress: (records: Buffer) => Buffer): Buffer {
  const packed = Buffer.concat([batch.subarray(0, BATCH.records), compress(batch.subarray(BATCH.records))]);
  packed.writeInt32BE(packed.length - LENGTH_OVERHEAD, BATCH.length);
  packed.writeInt16BE(CODECS.indexOf(codec), BATCH.attributes);
  packed.writeUInt32BE(crc32c(packed.subarray(BATCH.attributes)), BATCH.crc);
  return packed;
}

test('what is built reads back exactly', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), fc.nat(2 ** 40), (records, base) => {
      expect(read(build(records, base)).map(plain)).toEqual(records.map((one, at) => ({ ...one, offset: base + at })));
    }),
  );
});

test('another client reads what is built', () => {
  const records = [
    {
      key: Buffer.from('k'),
      value: Buffer.from('v'),
      timestamp: 1_700_000_000_000,
      headers: [['h', Buffer.from('x')]] as const,
    },
    { key: null, value: null, timestamp: 1_600_000_000_000, headers: [] },
    { key: Buffer.alloc(300, 7), value: Buffer.alloc(0), timestamp: 1_700_000_000_001, headers: [] },
  ];
  const [batch] = readRecordsBatches(Reader.from(build(records, 77)));
  expect(batch?.firstOffset).toBe(77n);
  expect(batch?.maxTimestamp).toBe(1_700_000_000_001n);
  expect(batch?.records.map((one) => one.timestampDelta + (batch?.firstTimestamp ?? 0n))).toEqual(
    records.map((one) => BigInt(one.timestamp)),
  );
  expect(batch?.records.map((one) => one.key)).toEqual(records.map((one) => one.key ?? null));
  expect(batch?.records.map((one) => one.value)).toEqual(records.map((one) => one.value ?? null));
});

test('the header says what the producer said', () => {
  const builder = new BatchBuilder();
  builder.append({ ...text('a'), timestamp: 9 });
  builder.append(text('b'));
  const batch = builder.finish({
    producerId: 2n ** 40n,
    producerEpoch: 4,
    baseSequence: 6,
    transactional: true,
    baseOffset: 10,
  });
  const [found] = readBatches(batch, source);
  expect(found).toMatchObject({
    baseOffset: 10,
    lastOffset: 11,
    transactional: true,
    control: false,
    compression: 'none',
  });
  expect(found).toMatchObject({ producerId: 2n ** 40n, maxTimestamp: 9, count: 2, logAppendTime: false });
});

test('a builder that was reset begins anew', () => {
  const builder = new BatchBuilder();
  builder.append({ ...text('old'), timestamp: 99 });
  builder.reset();
  builder.append(text('new'));
  const records = read(builder.finish());
  expect(records.map((one) => valueBytes(one)?.toString())).toEqual(['new']);
  expect(records[0]?.timestamp).toBe(5);
});

test('records before the wanted offset are left out', () => {
  const both = Buffer.concat([build([text('a'), text('b')], 4), build([text('c')], 9)]);
  expect(read(both, 5).map((one) => [one.offset, valueBytes(one)?.toString()])).toEqual([
    [5, 'b'],
    [9, 'c'],
  ]);
});

test('a batch that is cut off is left for the next fetch, at every length', () => {
  const first = build([text('a')], 0);
  const both = Buffer.concat([first, build([text('b')], 1)]);
  for (let length = 0; length < both.length; length++) {
    expect(read(both.subarray(0, length)).length).toBe(length < first.length ? 0 : 1);
  }
});

test('a changed byte is found and named', () => {
  fc.assert(
    fc.property(fc.integer({ min: BATCH.crc, max: 80 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const batch = build([text('a value of some length')], 42);
      batch[at] = (batch[at] ?? 0) ^ change;
      expect(() => read(batch)).toThrow(/record batch at offset 42 of t-3 is damaged: checksum/);
    }),
  );
  const old = build([text('a')]);
  old[BATCH.magic] = 1;
  expect(() => read(old)).toThrow('its format is 1, not 2');
});

test('records of the time of the log have one timestamp', () => {
  const batch = build([text('a'), { ...text('b'), timestamp: 8 }]);
  batch.writeInt16BE(0x08, BATCH.attributes);
  batch.writeUInt32BE(crc32c(batch.subarray(BATCH.attributes)), BATCH.crc);
  expect(read(batch).map((one) => one.timestamp)).toEqual([8, 8]);
});

test('gzip and zstd are unpacked, others by the function given', () => {
  const records = [text('a'), { ...text('b'), key: Buffer.from('k') }];
  const batch = build(records, 3);
  const expected = read(batch).map(plain);
  expect(read(pack(batch, 'gzip', gzipSync)).map(plain)).toEqual(expected);
  expect(read(pack(batch, 'zstd', zstdCompressSync)).map(plain)).toEqual(expected);
  const reversed = pack(batch, 'lz4', (raw) => Buffer.from(raw).reverse());
  const decompress = (codec: Codec, packed: Buffer): Buffer => {
    expect(codec).toBe('lz4');
    return Buffer.from(packed).reverse();
  };
  expect(read(reversed, 0, { ...source, decompress }).map(plain)).toEqual(expected);
  expect(() => read(reversed)).toThrow(/packed with lz4, which this log cannot unpack/);
});

test('what cannot be unpacked is damaged', () => {
  const broken = pack(build([text('a')]), 'gzip', () => Buffer.from('no gzip'));
  let error: unknown;
  try {
    read(broken);
  } catch (caught) {
    error = caught;
  }
  expect(isMillraceError(error, 'RECORD_BATCH_CORRUPT')).toBe(true);
});

test('a control batch says how it ends its transaction', () => {
  const marker = (type: number): Buffer => {
    const batch = build([{ key: Buffer.from([0, 0, 0, type]), value: Buffer.alloc(6), timestamp: 1, headers: [] }]);
    batch.writeInt16BE(0x30, BATCH.attributes);
    batch.writeUInt32BE(crc32c(batch.subarray(BATCH.attributes)), BATCH.crc);
    return batch;
  };
  const [abort, commit] = readBatches(Buffer.concat([marker(0), marker(1)]), source);
  expect([abort?.control, abort?.marker, commit?.marker]).toEqual([true, 'abort', 'commit']);
});
