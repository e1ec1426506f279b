import { failure } from '../../errors.ts';
import { canonicalSchema, sameSchema, schemaText } from '../avro/canonical-schema.ts';
import { incompatibility } from '../avro/compatibility.ts';
import { nameOf } from '../avro/parse-schema.ts';
import type { AvroSchema, Registry } from './registry.ts';
import { sameOnTheWire } from './schema-identity.ts';

export interface KnownSchema {
  readonly id: number;
  readonly schema: AvroSchema;
}

/**
 * A registry in memory: for tests, the test driver and benchmarks. Schemas that it is given keep their ids; one that is
 * registered later and is the same on the wire gets that id.
 */
export class MemoryRegistry implements Registry {
  readonly #given: readonly KnownSchema[];
  readonly #byId = new Map<number, AvroSchema>();
  readonly #byText = new Map<string, number>();
  readonly #subjects = new Map<string, number[]>();
  #nextId = 1;

  constructor(given: readonly KnownSchema[] = []) {
    this.#given = given;
    for (const { id, schema } of given) this.#add(id, schema);
  }

  async register(subject: string, schema: AvroSchema): Promise<number> {
    const ids = this.#subjects.get(subject) ?? [];
    const known = this.#idOf(schema);
    if (known !== undefined && ids.includes(known)) return known;
    this.#requireCompatible(subject, schema);
    const id = known ?? this.#add(this.#nextId, schema);
    this.#subjects.set(subject, [...ids, id]);
    return id;
  }

  #idOf(schema: AvroSchema): number | undefined {
    const id = this.#byText.get(schemaText(schema));
    return id ?? this.#given.find((one) => sameOnTheWire(one.schema, schema))?.id;
  }

  #requireCompatible(subject: string, schema: AvroSchema): void {
    const latest = this.#latest(subject);
    const reason = latest && !sameSchema(latest.schema, schema) && incompatibility(schema, latest.schema);
    if (reason) throw failure('SCHEMA_INCOMPATIBLE', { subject, schema: nameOf(schema), reason });
  }

  #add(id: number, schema: AvroSchema): number {
    this.#byId.set(id, canonicalSchema(schema));
    this.#byText.set(schemaText(schema), id);
    this.#nextId = Math.max(this.#nextId, id + 1);
    return id;
  }

  #latest(subject: string): KnownSchema | undefined {
    const id = this.#subjects.get(subject)?.at(-1);
    const schema = id === undefined ? undefined : this.#byId.get(id);
    return id === undefined || schema === undefined ? undefined : { id, schema };
  }

  async schema(id: number): Promise<AvroSchema | undefined> {
    return this.#byId.get(id);
  }

  async latest(subject: string): Promise<KnownSchema | undefined> {
    return this.#latest(subject);
  }

  async subjects(): Promise<string[]> {
    return [...this.#subjects.keys()].sort();
  }

  async close(): Promise<void> {}
}
