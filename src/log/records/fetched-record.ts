import type { Headers } from '../port.ts';

/**
 * A record as it stands in a fetched batch. Key, value and headers are ranges of a shared buffer: nothing is copied or
 * decoded until somebody asks. Whoever keeps bytes for longer copies them, or the whole fetch stays in memory.
 */
export interface FetchedRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly buffer: Buffer;
  readonly keyStart: number;
  /** -1 for a null key. */
  readonly keyEnd: number;
  readonly valueStart: number;
  /** -1 for a null value (a tombstone). */
  readonly valueEnd: number;
  /** Decoded when first asked for. */
  readonly headers: Headers;
}

/** The key's bytes: a view, not a copy. */
export function keyBytes(record: FetchedRecord): Buffer | null {
  return record.keyEnd < 0 ? null : record.buffer.subarray(record.keyStart, record.keyEnd);
}

/** The value's bytes: a view, not a copy. */
export function valueBytes(record: FetchedRecord): Buffer | null {
  return record.valueEnd < 0 ? null : record.buffer.subarray(record.valueStart, record.valueEnd);
}
