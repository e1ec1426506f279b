import { failure } from '../../errors.ts';
import type { FetchedRecord } from '../../log/records/fetched-record.ts';
import { Scratch } from '../../serde/scratch.ts';
import type { Codec, Serde } from '../../serde/serde.ts';
import type { Fingerprint } from './join-fingerprint.ts';

/** A message between the two sides of a foreign-key join. */
export interface Envelope<I> {
  /** What the receiver is to do: 0 to 255. */
  readonly instruction: number;
  /** Of the left row's value for which it was sent; null where that was deleted. */
  readonly print: Fingerprint | null;
  readonly content: I | null;
}

const PRINT_BYTES = 16;
const HEADER = 2 + PRINT_BYTES;
const HAS_PRINT = 1;
const HAS_CONTENT = 2;

/** The instruction, a byte that says what is there (1 print, 2 content), the print, the content. Only Millrace reads it. */
export function envelopeSerde<I>(content: Serde<I>): Serde<Envelope<I>> {
  return {
    name: `envelope(${content.name})`,
    columns: { columns: () => [], write: () => unstored(), read: () => unstored() },
    open: async (use) => envelopeCodec(await content.open(use)),
  };
}

function unstored(): never {
  throw new Error('Bug in Millrace: messages of a foreign-key join are not stored');
}

function envelopeCodec<I>(codec: Codec<I>): Codec<Envelope<I>> {
  const scratch = new Scratch();
  return {
    prepare: (records) => codec.prepare?.([...contents(records)]),
    encode: ({ instruction, print, content }) => {
      const inner = content === null ? undefined : codec.encode(content);
      const length = HEADER + (inner?.length ?? 0);
      const bytes = scratch.reserve(length);
      bytes[0] = instruction;
      bytes[1] = (print === null ? 0 : HAS_PRINT) | (inner === undefined ? 0 : HAS_CONTENT);
      if (print === null) bytes.fill(0, 2, HEADER);
      else bytes.write(print, 2, 'hex');
      inner?.copy(bytes, HEADER);
      return scratch.first(length);
    },
    decode: (buffer, start, end) => {
      if (end - start < HEADER)
        throw failure('RECORD_UNREADABLE', { reason: 'not a message of a foreign-key join, as its topics hold them' });
      const flags = buffer[start + 1] ?? 0;
      return {
        instruction: buffer[start] ?? 0,
        print: flags & HAS_PRINT ? buffer.toString('hex', start + 2, start + HEADER) : null,
        content: flags & HAS_CONTENT ? codec.decode(buffer, start + HEADER, end) : null,
      };
    },
  };
}

/** The contents of messages as records of their own: what the content's codec can look at. */
function* contents(records: readonly FetchedRecord[]): Generator<FetchedRecord> {
  for (const record of records) {
    const { valueStart, valueEnd } = record;
    if (valueEnd - valueStart > HEADER) yield { ...record, headers: [], valueStart: valueStart + HEADER };
  }
}
