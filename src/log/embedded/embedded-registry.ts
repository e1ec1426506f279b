import { failure } from '../../errors.ts';
import type { AvroSchema, Registry } from '../../serde/registry/registry.ts';
import type { LogFile, Statement } from './log-file.ts';

/** Says what a reader with the one schema cannot read of what a writer with the other one wrote; undefined if all. */
export type Incompatibility = (reader: AvroSchema, writer: AvroSchema) => string | undefined;

interface SchemaRow {
  readonly id: number;
  readonly schema: string;
}

/** A schema registry in the file of the embedded log, with the ids and versions that Confluent's would give. */
export class EmbeddedRegistry implements Registry {
  readonly #file: LogFile;
  readonly #incompatibility: Incompatibility;
  readonly #schema: Statement<[number], string>;
  readonly #idOf: Statement<[string], number>;
  readonly #latest: Statement<[string], SchemaRow & { version: number }>;
  readonly #isRegistered: Statement<[string, number], number>;
  readonly #insertSchema: Statement<[string, string], number>;
  readonly #insertVersion: Statement<[string, number, number]>;
  readonly #subjects: Statement<[], string>;

  constructor(file: LogFile, incompatibility: Incompatibility) {
    this.#file = file;
    this.#incompatibility = incompatibility;
    this.#schema = file.prepare<[number], string>('SELECT schema FROM schemas WHERE id = ?').pluck();
    this.#idOf = file.prepare<[string], number>('SELECT id FROM schemas WHERE identity = ?').pluck();
    this.#latest = file.prepare(
      `SELECT s.id, s.schema, v.version FROM subjects v JOIN schemas s ON s.id = v.schema_id
       WHERE v.subject = ? ORDER BY v.version DESC LIMIT 1`,
    );
    this.#isRegistered = file
      .prepare<[string, number], number>('SELECT 1 FROM subjects WHERE subject = ? AND schema_id = ?')
      .pluck();
    this.#insertSchema = file
      .prepare<[string, string], number>('INSERT INTO schemas (identity, schema) VALUES (?, ?) RETURNING id')
      .pluck();
    this.#insertVersion = file.prepare('INSERT INTO subjects (subject, version, schema_id) VALUES (?, ?, ?)');
    this.#subjects = file.prepare<[], string>('SELECT DISTINCT subject FROM subjects ORDER BY subject').pluck();
  }

  async register(subject: string, schema: AvroSchema): Promise<number> {
    const identity = JSON.stringify(sorted(schema));
    return (
      this.#file.read(() => this.#find(subject, identity)) ??
      this.#file.write(() => this.#add(subject, schema, identity))
    );
  }

  async schema(id: number): Promise<AvroSchema | undefined> {
    const text = this.#file.read(() => this.#schema.get(id));
    return text === undefined ? undefined : JSON.parse(text);
  }

  async latest(subject: string): Promise<{ id: number; schema: AvroSchema } | undefined> {
    const row = this.#file.read(() => this.#latest.get(subject));
    return row === undefined ? undefined : { id: row.id, schema: JSON.parse(row.schema) };
  }

  async subjects(): Promise<string[]> {
    return this.#file.read(() => this.#subjects.all());
  }

  /** The file belongs to the log. */
  async close(): Promise<void> {}

  #find(subject: string, identity: string): number | undefined {
    const id = this.#idOf.get(identity);
    return id !== undefined && this.#isRegistered.get(subject, id) !== undefined ? id : undefined;
  }

  #add(subject: string, schema: AvroSchema, identity: string): number {
    // Another process may have been first.
    const found = this.#find(subject, identity);
    if (found !== undefined) return found;
    const latest = this.#latest.get(subject);
    const reason = latest && this.#incompatibility(schema, JSON.parse(latest.schema));
    if (reason !== undefined) throw failure('SCHEMA_INCOMPATIBLE', { schema: nameOf(schema), subject, reason });
    const id = this.#idOf.get(identity) ?? this.#insertSchema.get(identity, JSON.stringify(schema)) ?? 0;
    this.#insertVersion.run(subject, (latest?.version ?? 0) + 1, id);
    return id;
  }
}

function nameOf(schema: AvroSchema): string {
  if (typeof schema === 'string') return schema;
  return 'name' in schema && typeof schema['name'] === 'string' ? schema['name'] : 'of the subject';
}

/** The same schema with the attributes of each object in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}
