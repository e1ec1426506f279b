import { failure } from '../errors.ts';
import type { Log, TopicInfo } from '../log/port.ts';
import type { Registry } from '../serde/registry/registry.ts';
import type { Codec, Serde } from '../serde/serde.ts';
import { nearest } from '../util/nearest.ts';

/** How the keys and values of a topic are read and written. */
export interface TopicSerdes<K = unknown, V = unknown> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

export type Topics = Readonly<Record<string, TopicSerdes>>;

/** Serdes opened for a topic that exists. */
export interface OpenTopic extends TopicInfo {
  readonly key: Codec<unknown>;
  readonly value: Codec<unknown>;
  readonly serdes: TopicSerdes;
}

export interface Opening {
  readonly log: Log;
  readonly registry: Registry;
  /** True for who writes. */
  readonly register: boolean;
}

/** Opens the serdes of topics. Throws TOPIC_UNKNOWN with the nearest name, SCHEMA_INCOMPATIBLE, REGISTRY_UNREACHABLE. */
export async function openTopics(topics: Topics, opening: Opening): Promise<Map<string, OpenTopic>> {
  const names = Object.keys(topics);
  const found = new Map((await opening.log.describeTopics(names)).map((info) => [info.name, info]));
  const opened = new Map<string, OpenTopic>();
  for (const [name, serdes] of Object.entries(topics)) {
    const info = found.get(name);
    if (info === undefined) throw await unknownTopic(name, opening.log);
    opened.set(name, { ...info, serdes, ...(await openSerdes(name, serdes, opening)) });
  }
  return opened;
}

async function openSerdes(
  topic: string,
  { key, value }: TopicSerdes,
  { registry, register }: Opening,
): Promise<{ key: Codec<unknown>; value: Codec<unknown> }> {
  return {
    key: await key.open({ topic, part: 'key', registry, register }),
    value: await value.open({ topic, part: 'value', registry, register }),
  };
}

/** The error for a topic that is not there, with the name that was probably meant. */
export async function unknownTopic(topic: string, log: Log): Promise<Error> {
  const near = nearest(
    topic,
    (await log.topics()).map(({ name }) => name),
  );
  const hint = near === undefined ? {} : { hint: `Did you mean ${near}? Otherwise create it first.` };
  return failure('TOPIC_UNKNOWN', { topic, ...hint });
}
