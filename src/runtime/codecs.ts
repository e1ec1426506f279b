import type { Registry } from '../serde/registry/registry.ts';
import type { Codec, Serde, SerdeUse } from '../serde/serde.ts';
import type { SinkDeclaration } from '../topology/graph.ts';
import type { Application } from './application.ts';

type Part = SerdeUse['part'];

/**
 * The codecs of every topic that an application reads or writes, opened before the first record, so that schemas are
 * registered at start and everything after is synchronous.
 */
export class Codecs {
  readonly #codecs = new Map<string, Map<Serde<unknown>, Codec<unknown>>>();
  readonly #registry: Registry;

  private constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Throws SCHEMA_INCOMPATIBLE where a schema may not follow the registered one. */
  static async open(application: Application, registry: Registry): Promise<Codecs> {
    const codecs = new Codecs(registry);
    const { nodes } = application.topology.graph;
    // Writers first: a codec that both writes and reads must have registered its schema.
    for (const { sink, store } of nodes) {
      if (sink !== undefined) {
        for (const topic of application.topicsOf(sink)) await codecs.#openBoth(topic, sink, true);
      }
      if (store !== undefined && store.sourceTopic === undefined)
        // No topic, no subject of it.
        await codecs.#openBoth(application.changelogOf(store), store, store.changelog !== false);
    }
    // What others write to a source is theirs to register.
    for (const { source, global } of nodes) {
      if (source !== undefined) await codecs.#openBoth(application.topicOf(source), source, false);
      if (global !== undefined) await codecs.#openBoth(global.topic, global.processing?.from ?? global, false);
    }
    return codecs;
  }

  get(topic: string, part: Part, serde: Serde<unknown>): Codec<unknown> {
    const codec = this.#codecs.get(`${topic}-${part}`)?.get(serde);
    if (codec === undefined) throw new Error(`Bug in Millrace: no codec of ${serde.name} was opened for ${topic}`);
    return codec;
  }

  /** Of a sink that may choose any topic there is one pair for all of them. */
  ofSink(topic: string, sink: SinkDeclaration): { key: Codec<unknown>; value: Codec<unknown> } {
    const opened = sink.choice === 'any' ? sink.topic : topic;
    return { key: this.get(opened, 'key', sink.key), value: this.get(opened, 'value', sink.value) };
  }

  async #openBoth(
    topic: string,
    serdes: { key: Serde<unknown>; value: Serde<unknown> },
    register: boolean,
  ): Promise<void> {
    await this.#open(topic, 'key', { serde: serdes.key, register });
    await this.#open(topic, 'value', { serde: serdes.value, register });
  }

  async #open(
    topic: string,
    part: Part,
    { serde, register }: { serde: Serde<unknown>; register: boolean },
  ): Promise<void> {
    const subject = `${topic}-${part}`;
    const opened = this.#codecs.get(subject) ?? new Map<Serde<unknown>, Codec<unknown>>();
    this.#codecs.set(subject, opened);
    if (!opened.has(serde)) opened.set(serde, await serde.open({ topic, part, registry: this.#registry, register }));
  }
}
