import { failure } from '../../errors.ts';

/** Confluent's framing: a zero byte, the schema's id as a 32-bit big-endian integer, then the Avro bytes. */
export const HEADER_SIZE = 5;
const MAGIC = 0;

/** The schema id of a framed value. Throws RECORD_UNREADABLE. */
export function schemaIdOf(buffer: Buffer, start: number, end: number): number {
  if (end - start < HEADER_SIZE) {
    throw unreadable(`it has ${end - start} bytes, too few for a schema id (5 bytes come before the Avro data)`);
  }
  if (buffer[start] !== MAGIC) {
    throw unreadable(`it begins with byte ${buffer[start]} instead of 0, so it was not written with a schema registry`);
  }
  return idAt(buffer, start);
}

/** The same without an error: undefined where there is none. */
export function peekSchemaId(buffer: Buffer, start: number, end: number): number | undefined {
  return end - start < HEADER_SIZE || buffer[start] !== MAGIC ? undefined : idAt(buffer, start);
}

function idAt(buffer: Buffer, start: number): number {
  return buffer.readInt32BE(start + 1);
}

export function writeHeader(buffer: Buffer, id: number): void {
  buffer[0] = MAGIC;
  buffer.writeInt32BE(id, 1);
}

export function unreadable(reason: string, cause?: unknown): Error {
  return failure('RECORD_UNREADABLE', { reason }, cause);
}
