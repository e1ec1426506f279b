import type { Application } from '../../runtime/application.ts';
import type { Codecs } from '../../runtime/codecs.ts';
import type { Graph, GraphNode, SinkDeclaration } from '../../topology/graph.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Comparison } from './compare.ts';
import type { Scene } from './simulation-run.ts';

/** The topics that must be there before a worker starts, with their partitions. */
export function topicsOf(
  { graph }: Topology,
  {
    partitions = 2,
    inputs,
  }: { partitions?: number | Readonly<Record<string, number>>; inputs: readonly { topic: string }[] },
  deadLetters: string,
): Map<string, number> {
  const names = [
    ...inputs.map(({ topic }) => topic),
    ...graph.nodes.flatMap(({ source, global }) => (source?.internal === false ? source.topic : (global?.topic ?? []))),
    ...sinksOf(graph).flatMap(namesOf),
  ];
  const count = (name: string): number => (typeof partitions === 'number' ? partitions : (partitions[name] ?? 2));
  return new Map([...new Set(names)].map((name) => [name, count(name)] as const)).set(deadLetters, 1);
}

/** The topics that it writes for others, and how to show what is in them. */
export function outputsOf({ topology }: Application, codecs: Codecs): Scene['outputs'] {
  return new Map(
    sinksOf(topology.graph).flatMap((sink) => namesOf(sink).map((name) => [name, codecs.ofSink(name, sink)] as const)),
  );
}

/** A topic is compared as a stream where there is no state before it, else as a table: how often that changes, may vary. */
export function comparisonOf({ topology: { graph } }: Application, topic: string): Comparison {
  const writers = graph.nodes.filter(({ sink }) => sink !== undefined && namesOf(sink).includes(topic));
  return writers.some((node) => hasState(graph, node)) ? 'table' : 'stream';
}

function hasState(graph: Graph, node: GraphNode): boolean {
  const { store, parents, source } = node;
  const writer = source?.writer === undefined ? undefined : graph.nodes[source.writer];
  const before = writer === undefined ? parents : [...parents, writer];
  return store !== undefined || before.some((parent) => hasState(graph, parent));
}

function sinksOf({ nodes }: Graph): SinkDeclaration[] {
  return nodes.flatMap(({ sink }) => (sink === undefined || sink.internal ? [] : [sink]));
}

/** Of a sink that may choose any topic, none is known. */
function namesOf({ topic, choice }: SinkDeclaration): readonly string[] {
  return choice === 'any' ? [] : (choice ?? [topic]);
}
