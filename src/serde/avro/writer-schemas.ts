import type avsc from 'avsc';
import { isMillraceError } from '../../errors.ts';
import type { AvroSchema, Registry } from '../registry/registry.ts';
import { typeIncompatibility } from './compatibility.ts';
import { unreadable } from './framing.ts';
import { type Longs, writerType } from './parse-schema.ts';

/** How data of one writer's schema is read: as it is, with a resolver, or not at all. */
interface Writer {
  readonly type: avsc.Type;
  readonly resolver: avsc.Resolver | undefined;
  readonly problem: string | undefined;
}

/** The schemas that the records of a topic were written with, by id, each resolved to the reader's type once. */
export class WriterSchemas {
  readonly #reader: avsc.Type;
  readonly #longs: Longs;
  readonly #registry: Registry;
  readonly #writers = new Map<number, Writer>();

  constructor(reader: avsc.Type, longs: Longs, registry: Registry) {
    this.#reader = reader;
    this.#longs = longs;
    this.#registry = registry;
  }

  /** The reader's own schema has this id: its data needs no resolving. */
  addOwn(id: number): void {
    this.#writers.set(id, { type: this.#reader, resolver: undefined, problem: undefined });
  }

  isKnown(id: number): boolean {
    return this.#writers.has(id);
  }

  type(id: number): avsc.Type | undefined {
    return this.#writers.get(id)?.type;
  }

  /** Undefined for the reader's own schema. Throws RECORD_UNREADABLE for an id that cannot be read. */
  resolver(id: number): avsc.Resolver | undefined {
    const writer = this.#writers.get(id);
    if (!writer) throw unreadable(`unknown schema id ${id}`);
    if (writer.problem) throw unreadable(`it was written with schema ${id}, which does not fit: ${writer.problem}`);
    return writer.resolver;
  }

  /** Asks the registry. An id that it does not know stays unknown, and is asked for again the next time. */
  async load(ids: readonly number[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#loadOne(id)));
  }

  async #loadOne(id: number): Promise<void> {
    try {
      const schema = await this.#registry.schema(id);
      if (schema !== undefined) this.#writers.set(id, this.#resolve(schema));
    } catch (error) {
      // A schema that is of no use here is the fault of the records that have it, not of the reader.
      if (!isMillraceError(error, 'SCHEMA_INVALID')) throw error;
      this.#writers.set(id, { type: this.#reader, resolver: undefined, problem: error.message });
    }
  }

  #resolve(schema: AvroSchema): Writer {
    let type = this.#reader;
    try {
      type = writerType(schema, this.#longs);
      const problem = typeIncompatibility(this.#reader, type);
      const resolver = problem ? undefined : this.#reader.createResolver(type, { ignoreNamespaces: true });
      return { type, resolver, problem };
    } catch (error) {
      return { type, resolver: undefined, problem: (error as Error).message };
    }
  }
}
