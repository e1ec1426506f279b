import type avsc from 'avsc';
import { failure } from '../../errors.ts';
import type { FetchedRecord } from '../../log/records/fetched-record.ts';
import { Scratch } from '../scratch.ts';
import type { Codec } from '../serde.ts';
import { shown } from '../shown.ts';
import { explainValue } from './explain.ts';
import { HEADER_SIZE, peekSchemaId, schemaIdOf, unreadable, writeHeader } from './framing.ts';
import { locateFault } from './locate-fault.ts';
import type { WriterSchemas } from './writer-schemas.ts';

export interface AvroCodecOptions {
  /** `avro(OrderCreated)`, for errors. */
  readonly name: string;
  readonly type: avsc.Type;
  /** The id under which the type's schema is registered; without one nothing can be encoded. */
  readonly id: number | undefined;
  readonly subject: string;
  readonly part: 'key' | 'value';
  readonly writers: WriterSchemas;
}

/** Avro in Confluent's framing, for the key or value of one topic. */
export class AvroCodec<T> implements Codec<T> {
  readonly #options: AvroCodecOptions;
  readonly #type: avsc.Type;
  readonly #writers: WriterSchemas;
  readonly #scratch = new Scratch();
  /** The id of the last record, and how to read it: records of one topic mostly have the same one. */
  #lastId = -1;
  #lastResolver: avsc.Resolver | undefined;

  constructor(options: AvroCodecOptions) {
    this.#options = options;
    this.#type = options.type;
    this.#writers = options.writers;
    if (options.id !== undefined) writeHeader(this.#scratch.buffer, options.id);
  }

  encode(value: T): Buffer {
    if (this.#options.id === undefined) throw this.#unregistered();
    try {
      return this.#scratch.first(this.#write(value));
    } catch (error) {
      throw this.#invalid(value, error);
    }
  }

  #write(value: T): number {
    const { buffer } = this.#scratch;
    const end = this.#type.encode(value, buffer, HEADER_SIZE);
    if (end >= 0) return end;
    // avsc gives the negative number of bytes that are missing. The header stays.
    return this.#type.encode(value, this.#scratch.reserve(buffer.length - end), HEADER_SIZE);
  }

  decode(buffer: Buffer, start: number, end: number): T {
    const id = schemaIdOf(buffer, start, end);
    if (id !== this.#lastId) this.#use(id);
    let result: { value: T; offset: number };
    try {
      result = this.#type.decode(buffer, start + HEADER_SIZE, this.#lastResolver);
    } catch (error) {
      throw this.#broken(buffer.subarray(start, end), error as Error);
    }
    if (result.offset !== end) throw this.#misfit(buffer.subarray(start, end), result.offset - start);
    return result.value;
  }

  #use(id: number): void {
    this.#lastResolver = this.#writers.resolver(id);
    this.#lastId = id;
  }

  prepare(records: readonly FetchedRecord[]): Promise<void> | undefined {
    let last = this.#lastId;
    let unknown: number[] | undefined;
    const isKey = this.#options.part === 'key';
    for (const record of records) {
      const id = isKey
        ? peekSchemaId(record.buffer, record.keyStart, record.keyEnd)
        : peekSchemaId(record.buffer, record.valueStart, record.valueEnd);
      if (id === undefined || id === last) continue;
      last = id;
      if (this.#writers.isKnown(id)) continue;
      unknown ??= [];
      unknown.push(id);
    }
    return unknown && this.#writers.load([...new Set(unknown)]);
  }

  #broken(bytes: Buffer, error: Error): Error {
    const writer = this.#writers.type(this.#lastId);
    const fault = writer && locateFault(writer, bytes, HEADER_SIZE);
    return unreadable(`it is not what schema ${this.#lastId} says: ${fault ?? error.message}`, error);
  }

  #misfit(bytes: Buffer, offset: number): Error {
    if (offset < 0 || offset > bytes.length) return this.#broken(bytes, new Error('the bytes end too early'));
    return unreadable(`${bytes.length - offset} bytes follow after what schema ${this.#lastId} says`);
  }

  #invalid(value: T, error: unknown): Error {
    const reason = { path: 'it', actual: shown(value), expected: (error as Error).message };
    const { path, actual, expected } = explainValue(this.#type, value) ?? reason;
    return failure('VALUE_INVALID', { serde: this.#options.name, path, actual, expected }, error);
  }

  #unregistered(): Error {
    const { subject, name } = this.#options;
    return failure('SCHEMA_UNREGISTERED', { subject, schema: name });
  }
}
