import { failure } from '../../errors.ts';
import type { Headers, OutgoingRecord } from '../port.ts';
import { BATCH } from './batch-layout.ts';
import { varintSize } from './varint.ts';

/** Lengths, deltas, attributes and the count of headers of one record, at most. */
const RECORD_OVERHEAD = 32;

/** By how many bytes the record makes a batch longer, at most. */
export function mostBytes({ key, value, headers }: OutgoingRecord): number {
  const fields = (key?.length ?? 0) + (value?.length ?? 0) + RECORD_OVERHEAD;
  return headers.length === 0 ? fields : fields + headersSize(headers);
}

/**
 * Throws RECORD_TOO_LARGE where a batch of this record alone is larger than its topic takes (`max.message.bytes`).
 */
export function requireFits(topic: string, record: OutgoingRecord, limit: number): void {
  const bytes = bytesAlone(record);
  if (bytes > limit) throw failure('RECORD_TOO_LARGE', { topic, bytes, limit });
}

/** The deltas of a first record are 0, a byte each; there is one more of attributes. */
function bytesAlone({ key, value, headers }: OutgoingRecord): number {
  const body = 3 + fieldSize(key) + fieldSize(value) + headersSize(headers);
  return BATCH.records + varintSize(body) + body;
}

export function fieldSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

export function headersSize(headers: Headers): number {
  if (headers.length === 0) return 1;
  let size = varintSize(headers.length);
  for (const [name, value] of headers) {
    const length = Buffer.byteLength(name);
    size += varintSize(length) + length + fieldSize(value);
  }
  return size;
}
