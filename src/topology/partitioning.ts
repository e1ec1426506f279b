import { failure } from '../errors.ts';
import type { GraphNode, SourceDeclaration } from './graph.ts';
import { sourcesOf } from './subtopologies.ts';
import type { Topology } from './topology.ts';

/** How many partitions each internal topic gets, and how many tasks each sub-topology has. */
export interface Partitioning {
  /** By the repartition topic's short name. */
  readonly repartitions: ReadonlyMap<string, number>;
  /** By the index of the sub-topology: the largest count of its sources. */
  readonly tasks: readonly number[];
  /** By the index of the sub-topology: sets of sources whose partitions are read together. */
  readonly copartitioned: readonly (readonly (readonly SourceDeclaration[])[])[];
}

type Count = (source: SourceDeclaration) => number | undefined;

/**
 * Works out partition counts from those of the topics that exist. A repartition topic takes the count of the topics that
 * it must match in a join, else that of the sub-topology that writes it. Throws NOT_COPARTITIONED.
 */
export function planPartitions(topology: Topology, existing: ReadonlyMap<string, number>): Partitioning {
  const repartitions = new Map<string, number>();
  const count: Count = (source) => (source.internal ? repartitions : existing).get(source.topic);
  const joins = topology.graph.nodes.filter((node) => node.copartitioned === true);
  const internal = topology.graph.nodes.flatMap((node) => (node.source?.internal ? [node.source] : []));
  // One topic may wait for another further up; each round settles at least one, as the graph has no cycles.
  for (const _ of internal) {
    for (const source of internal) {
      const found = source.partitions ?? matching(source, joins, count) ?? ofWriter(source, topology, count);
      if (found !== undefined) repartitions.set(source.topic, found);
    }
  }
  for (const join of joins) check(join, count);
  return {
    repartitions,
    tasks: topology.subtopologies.map(({ nodes }) => Math.max(0, ...counts(nodes.flatMap(ownSource), count))),
    copartitioned: topology.subtopologies.map(({ nodes }) => nodes.filter((node) => node.copartitioned).map(sidesOf)),
  };
}

/** The sources whose partitions a step reads together. */
const sidesOf = (node: GraphNode): SourceDeclaration[] => [node, ...(node.beside ?? [])].flatMap(sourcesOf);

const ownSource = (node: GraphNode): SourceDeclaration[] => (node.source === undefined ? [] : [node.source]);

function counts(sources: readonly SourceDeclaration[], count: Count): number[] {
  return sources.flatMap((source) => count(source) ?? []);
}

/** The count of the existing topics on another side of a join, if there is one. */
function matching(source: SourceDeclaration, joins: readonly GraphNode[], count: Count): number | undefined {
  for (const join of joins) {
    const sides = sidesOf(join);
    if (!sides.includes(source)) continue;
    const [first] = counts(
      sides.filter((side) => !side.internal),
      count,
    );
    if (first !== undefined) return first;
    const others = counts(sides, count);
    if (others.length > 0) return Math.max(...others);
  }
  return undefined;
}

function ofWriter(source: SourceDeclaration, topology: Topology, count: Count): number | undefined {
  const writer = topology.subtopologies.find(({ nodes }) => nodes.some((node) => node.id === source.writer));
  const found = counts((writer?.nodes ?? []).flatMap(ownSource), count);
  return found.length === 0 ? undefined : Math.max(...found);
}

function check(join: GraphNode, count: Count): void {
  const sides = sidesOf(join).map((source) => ({ topic: source.topic, partitions: count(source) }));
  if (new Set(sides.map((side) => side.partitions)).size <= 1) return;
  const words = sides.map((side) => `${side.topic} has ${side.partitions} partitions`).join(' and ');
  throw failure('NOT_COPARTITIONED', { step: join.name ? `${join.kind} '${join.name}'` : join.kind, counts: words });
}
