import { failure } from '../errors.ts';
import type { Application } from '../runtime/application.ts';
import type { Registry } from '../serde/registry/registry.ts';
import type { Serde } from '../serde/serde.ts';
import { nearest } from '../util/nearest.ts';
import { asFetched, type CapturedLog } from './captured-log.ts';
import type { DrivenTask } from './driven-task.ts';
import { type PipedRecord, TestInputTopic, type TestInputTopicOptions } from './test-input-topic.ts';
import { TestOutputTopic } from './test-output-topic.ts';

interface TopicSerdes<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/** The input and output topics of a test. */
export class TestTopics {
  readonly #application: Application;
  readonly #registry: Registry;
  readonly #log: CapturedLog;
  readonly #task: () => DrivenTask;

  constructor(options: { application: Application; registry: Registry; log: CapturedLog; task: () => DrivenTask }) {
    this.#application = options.application;
    this.#registry = options.registry;
    this.#log = options.log;
    this.#task = options.task;
  }

  async input<K, V>(
    topic: string,
    as: TopicSerdes<K, V> & TestInputTopicOptions,
    send: (record: PipedRecord) => void,
  ): Promise<TestInputTopic<K, V>> {
    const known = this.#read();
    if (!known.includes(topic)) throw unknown(topic, 'reads', known);
    const codecs = await this.#open(topic, as, true);
    await this.#learnSchemas(topic);
    return new TestInputTopic(codecs, send, as);
  }

  async output<K, V>(topic: string, as: TopicSerdes<K, V>): Promise<TestOutputTopic<K, V>> {
    const known = this.#written();
    if (known !== 'any' && !known.includes(topic)) throw unknown(topic, 'writes', known);
    return new TestOutputTopic(await this.#open(topic, as, false), () => this.#log.produced(topic));
  }

  producedTopicNames(): string[] {
    const internal = new Set(this.#application.subtopologies.flatMap(internalTopics));
    return this.#log.producedTopicNames().filter((topic) => !internal.has(topic));
  }

  async #open<K, V>(topic: string, { key, value }: TopicSerdes<K, V>, register: boolean) {
    const use = { topic, registry: this.#registry, register };
    return { key: await key.open({ ...use, part: 'key' }), value: await value.open({ ...use, part: 'value' }) };
  }

  #read(): string[] {
    const { graph } = this.#application.topology;
    const sources = graph.nodes.flatMap(({ source }) =>
      source === undefined || source.internal ? [] : [source.topic],
    );
    return [...new Set([...sources, ...[...graph.globals.values()].map(({ topic }) => topic)])];
  }

  /** The topics that may be written to: dead letters and those of tests that look inside, too. */
  #written(): string[] | 'any' {
    const sinks = this.#application.topology.graph.nodes.flatMap(({ sink }) => (sink === undefined ? [] : [sink]));
    if (sinks.some(({ choice }) => choice === 'any')) return 'any';
    const named = sinks.flatMap((sink) => this.#application.topicsOf(sink));
    const internal = this.#application.subtopologies.flatMap(internalTopics);
    return [...new Set([...named, ...internal, this.#task().deadLetterTopic])];
  }

  /** Loads the schemas that were just registered, so that `pipe` has nothing to wait for. */
  async #learnSchemas(topic: string): Promise<void> {
    for (const part of ['key', 'value'] as const) {
      const latest = await this.#registry.latest(`${topic}-${part}`);
      if (latest === undefined) continue;
      const framing = Buffer.alloc(5);
      framing.writeUInt32BE(latest.id, 1);
      const record = { key: framing, value: framing, timestamp: 0, headers: [], offset: 0 };
      await this.#task().learn(topic, [asFetched(record)]);
    }
  }
}

function internalTopics({ changelogs, repartitionSources }: Application['subtopologies'][number]): string[] {
  return [...changelogs, ...repartitionSources].map(({ name }) => name);
}

function unknown(topic: string, does: string, known: readonly string[]): Error {
  const near = nearest(topic, known);
  const suggestion = near === undefined ? '' : ` Did you mean ${near}?`;
  const list = known.length === 0 ? 'no topics' : known.join(', ');
  return failure('TOPIC_UNKNOWN', { topic, hint: `The topology ${does} ${list}.${suggestion}` });
}
