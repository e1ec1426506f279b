import type { OutgoingRecord } from '../../../src/log/port.ts';

/** A record of texts. */
export function record(key: string | null, value: string | null, more: Partial<OutgoingRecord> = {}): OutgoingRecord {
  return {
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    timestamp: 1_700_000_000_000,
    headers: [],
    ...more,
  };
}
