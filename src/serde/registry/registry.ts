/**
 * The port to a schema registry, in the terms of Confluent's. Filled by `confluent` (HTTP), `memory`, and `embedded` (in
 * the embedded log's file); all pass `test/serde/registry/conformance`.
 */
export interface Registry {
  /**
   * Registers the schema under the subject (`<topic>-key` or `<topic>-value`) with BACKWARD compatibility and returns
   * its id; the same schema again gives the same id. Throws SCHEMA_INCOMPATIBLE, which names the field, and
   * REGISTRY_UNREACHABLE.
   */
  register(subject: string, schema: AvroSchema): Promise<number>;
  /** The schema of an id; undefined if there is none. */
  schema(id: number): Promise<AvroSchema | undefined>;
  /** The newest schema of a subject; undefined if there is none. */
  latest(subject: string): Promise<{ readonly id: number; readonly schema: AvroSchema } | undefined>;
  subjects(): Promise<string[]>;
  close(): Promise<void>;
}

/** A schema in Avro's JSON form. */
export type AvroSchema =
  | string
  | readonly AvroSchema[]
  | { readonly type: unknown; readonly [attribute: string]: unknown };
