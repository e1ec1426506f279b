import { isUtf8 } from 'node:buffer';
import { isMillraceError } from '../errors.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import { avro } from '../serde/avro/avro.ts';
import type { Registry } from '../serde/registry/registry.ts';
import type { Codec } from '../serde/serde.ts';

type Part = 'key' | 'value';

const FRAME_BYTES = 5;

/** Decodes keys and values of topics that nobody has told it about: Avro by the id in front of it, else text, else hex. */
export class AnyDecoder {
  readonly #registry: Registry;
  /** By topic, part and schema id; undefined where the id is unknown or the schema cannot be used. */
  readonly #codecs = new Map<string, Promise<Codec<unknown> | undefined>>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  async decode(topic: string, part: Part, record: FetchedRecord): Promise<unknown> {
    const { buffer } = record;
    const [start, end] = part === 'key' ? [record.keyStart, record.keyEnd] : [record.valueStart, record.valueEnd];
    if (end < 0) return null;
    const isFramed = end - start >= FRAME_BYTES && buffer[start] === 0;
    const codec = isFramed ? await this.#codec(topic, part, buffer.readUInt32BE(start + 1)) : undefined;
    if (codec === undefined) return textOf(buffer.subarray(start, end));
    try {
      await codec.prepare?.([record]);
      return codec.decode(buffer, start, end);
    } catch (error) {
      if (!isMillraceError(error, 'RECORD_UNREADABLE')) throw error;
      return textOf(buffer.subarray(start, end));
    }
  }

  #codec(topic: string, part: Part, id: number): Promise<Codec<unknown> | undefined> {
    const name = `${topic} ${part} ${id}`;
    const codec = this.#codecs.get(name) ?? this.#open(topic, part, id);
    this.#codecs.set(name, codec);
    return codec;
  }

  async #open(topic: string, part: Part, id: number): Promise<Codec<unknown> | undefined> {
    const schema = await this.#registry.schema(id);
    if (schema === undefined) return undefined;
    try {
      const serde = avro(schema, { longs: 'bigint' });
      return await serde.open({ topic, part, registry: this.#registry, register: false });
    } catch (error) {
      if (isMillraceError(error, 'SCHEMA_INVALID')) return undefined;
      throw error;
    }
  }
}

function textOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : `0x${bytes.toString('hex')}`;
}
