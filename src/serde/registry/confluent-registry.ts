import { failure, isMillraceError } from '../../errors.ts';
import { sameSchema, schemaText } from '../avro/canonical-schema.ts';
import { incompatibility } from '../avro/compatibility.ts';
import { nameOf } from '../avro/parse-schema.ts';
import type { AvroSchema, Registry } from './registry.ts';
import { RegistryClient, type RegistryClientOptions } from './registry-client.ts';

/** A registry with Confluent's HTTP API (Confluent, Apicurio, Karapace, Redpanda). Ids are looked up once. */
export class ConfluentRegistry implements Registry {
  readonly #client: RegistryClient;
  readonly #schemas = new Map<number, Promise<AvroSchema | undefined>>();
  readonly #registrations = new Map<string, Promise<number>>();

  constructor(options: RegistryClientOptions) {
    this.#client = new RegistryClient(options);
  }

  register(subject: string, schema: AvroSchema): Promise<number> {
    const key = `${subject} ${schemaText(schema)}`;
    return once(this.#registrations, key, () => this.#register(subject, schema));
  }

  /** What is registered is taken as it is, also where newer schemas have come since: a worker may start again. */
  async #register(subject: string, schema: AvroSchema): Promise<number> {
    const body = { schema: schemaText(schema) };
    const what = `look up ${subject}`;
    const found = await this.#client.call(what, (api) => api.Subject.registered({ subject, body }));
    if (found !== undefined) return this.#idIn(found, what);
    const latest = await this.latest(subject);
    if (latest) requireCompatible(subject, schema, latest.schema);
    const id = await this.#add(subject, schema);
    if (!latest) await this.#setBackward(subject);
    return id;
  }

  async #add(subject: string, schema: AvroSchema): Promise<number> {
    const body = { schema: schemaText(schema) };
    try {
      const what = `register a schema under ${subject}`;
      const added = await this.#client.call(what, (api) => api.Subject.register({ subject, body }));
      // Who has subjects has a place to add them.
      if (added === undefined) throw this.#client.foreign(what);
      return this.#idIn(added, what);
    } catch (error) {
      if (!isMillraceError(error, 'REGISTRY_REFUSED') || error.context['status'] !== 409) throw error;
      // Ours fits the latest schema: the registry must compare by another rule (all versions, forward, …).
      throw incompatible(subject, schema, `the registry says: ${error.context['reason']}`, error);
    }
  }

  async #setBackward(subject: string): Promise<void> {
    const body = { compatibility: 'BACKWARD' };
    try {
      await this.#client.call(`set the compatibility of ${subject}`, (api) =>
        api.Subject.updateConfig({ subject, body }),
      );
    } catch (error) {
      // Who may register schemas may still not be allowed to set rules. The check above holds in any case.
      if (!isMillraceError(error, 'REGISTRY_REFUSED')) throw error;
    }
  }

  async schema(id: number): Promise<AvroSchema | undefined> {
    const schema = await once(this.#schemas, id, () => this.#fetch(id));
    // It may be registered a moment later.
    if (schema === undefined) this.#schemas.delete(id);
    return schema;
  }

  async #fetch(id: number): Promise<AvroSchema | undefined> {
    const what = `look up schema ${id}`;
    const found = await this.#client.call(what, (api) => api.Schema.find({ id }));
    return found === undefined ? undefined : this.#schemaIn(found, what, `with id ${id}`);
  }

  async latest(subject: string): Promise<{ readonly id: number; readonly schema: AvroSchema } | undefined> {
    const what = `look up ${subject}`;
    const found = await this.#client.call(what, (api) => api.Subject.latestVersion({ subject }));
    if (found === undefined) return undefined;
    return { id: this.#idIn(found, what), schema: this.#schemaIn(found, what, `of subject ${subject}`) };
  }

  async subjects(): Promise<string[]> {
    const found = await this.#client.call('list subjects', (api) => api.Subject.all({}));
    return ((found ?? []) as string[]).sort();
  }

  // What it answers is an object, and so is what another server answers.

  #idIn(answer: object, what: string): number {
    if ('id' in answer && typeof answer.id === 'number') return answer.id;
    throw this.#client.foreign(what);
  }

  #schemaIn(answer: object, what: string, which: string): AvroSchema {
    if (!('schema' in answer) || typeof answer.schema !== 'string') throw this.#client.foreign(what);
    const { schema, schemaType = 'AVRO', references = [] }: SchemaAnswer = { ...answer, schema: answer.schema };
    if (schemaType !== 'AVRO') throw unusable(which, `it is ${schemaType}`);
    if (references.length > 0)
      throw unusable(which, 'it refers to schemas of other subjects; register it in one piece');
    return parsed(schema, which);
  }

  async close(): Promise<void> {
    this.#schemas.clear();
    this.#registrations.clear();
  }
}

/** One call for all who ask for the same; what failed is asked for again. */
function once<K, V>(calls: Map<K, Promise<V>>, key: K, call: () => Promise<V>): Promise<V> {
  const running = calls.get(key);
  if (running) return running;
  const started = call();
  calls.set(key, started);
  started.catch(() => calls.delete(key));
  return started;
}

function requireCompatible(subject: string, schema: AvroSchema, latest: AvroSchema): void {
  const reason = sameSchema(schema, latest) ? undefined : incompatibility(schema, latest);
  if (reason) throw incompatible(subject, schema, reason);
}

function incompatible(subject: string, schema: AvroSchema, reason: string, cause?: unknown): Error {
  return failure('SCHEMA_INCOMPATIBLE', { subject, schema: nameOf(schema), reason }, cause);
}

interface SchemaAnswer {
  readonly schema: string;
  readonly schemaType?: string;
  readonly references?: readonly unknown[];
}

function parsed(schema: string, which: string): AvroSchema {
  try {
    return JSON.parse(schema);
  } catch {
    throw unusable(which, `it is no JSON (${schema.slice(0, 40)})`);
  }
}

function unusable(which: string, reason: string): Error {
  return failure('SCHEMA_INVALID', { schema: which, reason });
}
