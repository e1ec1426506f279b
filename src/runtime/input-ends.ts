import type { Log, Position, TopicPartition } from '../log/port.ts';
import type { Application } from './application.ts';

/** Where the inputs of an application end, and whether its group has come there. */
export class InputEnds {
  readonly #application: Application;
  readonly #log: Pick<Log, 'offsets' | 'committed'>;

  constructor(application: Application, log: Pick<Log, 'offsets' | 'committed'>) {
    this.#application = application;
    this.#log = log;
  }

  /** The ends of the topics that it reads and others write. */
  now(): Promise<Position[]> {
    return this.#log.offsets(this.#partitions('external'), 'end');
  }

  /** All is committed up to the ends, by whichever worker, and nothing is left in the topics in between. */
  async areReached(ends: readonly Position[]): Promise<boolean> {
    // Topics that the topology itself writes have grown since.
    const external = this.#partitions('external').filter(({ topic }) => this.#writes(topic));
    const written = [...this.#partitions('internal'), ...external];
    const committed = await this.#log.committed(this.#application.id, [...ends, ...written]);
    const goals = [...ends, ...(await this.#log.offsets(written, 'end'))];
    const reached = byPartition(committed);
    const first = byPartition(await this.#log.offsets(goals, 'earliest'));
    return goals.every((goal) => {
      const id = idOf(goal);
      return (reached.get(id) ?? first.get(id) ?? 0) >= goal.offset;
    });
  }

  /** Whether a sink of the topology is this topic, or may be. */
  #writes(topic: string): boolean {
    return this.#application.topology.graph.nodes.some(({ sink }) => {
      if (sink === undefined || sink.internal) return false;
      return sink.topic === topic || sink.choice === 'any' || sink.choice?.includes(topic) === true;
    });
  }

  #partitions(kind: 'external' | 'internal'): TopicPartition[] {
    const application = this.#application;
    const topics = application.subtopologies.flatMap(({ sources, repartitionSources }) =>
      kind === 'external' ? sources : repartitionSources.map(({ name }) => name),
    );
    return [...new Set(topics)].flatMap((topic) =>
      Array.from({ length: application.partitionsOf(topic) }, (_, partition) => ({ topic, partition })),
    );
  }
}

const idOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;

function byPartition(positions: readonly Position[]): Map<string, number> {
  return new Map(positions.map((at) => [idOf(at), at.offset]));
}
