const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/** Kafka's hash of keys, as a signed 32-bit integer. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const whole = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(
      byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24),
      MIX,
    );
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  if (length > whole) hash = Math.imul(hash ^ tail(bytes, whole), MIX);
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function tail(bytes: Uint8Array, at: number): number {
  return byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16);
}

/** The partition that Kafka's own clients choose for a key, so that topics written by either join. */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** Chooses partitions for the records of one topic: by the key where there is one, else in turn. */
export class Partitioner {
  #turn = 0;

  choose(key: Uint8Array | null, partitions: number): number {
    return key === null ? this.#turn++ % partitions : partitionOfKey(key, partitions);
  }
}
