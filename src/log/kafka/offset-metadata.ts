/**
 * Partition time as it goes along with a committed offset, in the form that Kafka Streams gives it: base64 of a version
 * and the time. What version 2 has behind the time are times of single processors; those are kept in stores here, so
 * version 1 is written, which every Kafka Streams reads.
 */
const VERSION = 1;
const READ_VERSIONS = [1, 2];
const LENGTH = 9;

export function metadataOf(time = -1): string {
  if (time < 0) return '';
  const bytes = Buffer.alloc(LENGTH);
  bytes.writeUInt8(VERSION);
  bytes.writeBigInt64BE(BigInt(time), 1);
  return bytes.toString('base64');
}

/** Undefined where there is none, or where it is somebody else's. */
export function timeOf(metadata: string | null | undefined): number | undefined {
  const bytes = Buffer.from(metadata ?? '', 'base64');
  // Buffer passes over what is not base64.
  if (bytes.length < LENGTH || bytes.toString('base64') !== metadata) return undefined;
  const time = Number(bytes.readBigInt64BE(1));
  return READ_VERSIONS.includes(bytes.readUInt8()) && time >= 0 && Number.isSafeInteger(time) ? time : undefined;
}
