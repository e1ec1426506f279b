/**
 * Which asynchronous steps need a topic of their own in front of them.
 *
 * The offset of a record is held back until its asynchronous work is done, so after a crash the record is taken again,
 * with all that it did on its way. So nothing that counts may happen on the way: between the input topic and the step
 * there may be operators only that pass records on, and the topic may feed nothing else. Where that is not so, the step
 * reads from a topic of its own, and only the offsets of that one are held back.
 */
import type { Graph, GraphNode } from './graph.ts';

/** They leave no trace: no store, no output, no other asynchronous work. */
const PASSING: ReadonlySet<string> = new Set([
  'stream',
  'repartitioned',
  'merge',
  'filter',
  'filterNot',
  'map',
  'mapValues',
  'flatMap',
  'flatMapValues',
  'selectKey',
  'split',
  'branch',
  'peek',
  'forEach',
]);

/** The names of the asynchronous steps of a graph that cannot read their inputs directly. */
export function findStepsToIsolate(graph: Graph): string[] {
  return graph.nodes.flatMap((node) =>
    node.async === true && node.name !== undefined && !isAlone(graph, node) ? [node.name] : [],
  );
}

function isAlone(graph: Graph, step: GraphNode): boolean {
  const above = ancestors(step);
  if (above.some((node) => !isPassing(node))) return false;
  const topics = new Set(above.flatMap(({ source }) => (source === undefined ? [] : [topicId(source)])));
  const sources = graph.nodes.filter(({ source }) => source !== undefined && topics.has(topicId(source)));
  return sources.every((source) => feedsOnly(graph, source, step));
}

function ancestors(node: GraphNode): GraphNode[] {
  return node.parents.flatMap((parent) => [parent, ...ancestors(parent)]);
}

function isPassing(node: GraphNode): boolean {
  return PASSING.has(node.kind) && node.store === undefined && node.sink === undefined;
}

const topicId = (source: { internal: boolean; topic: string }): string => `${source.internal} ${source.topic}`;

function feedsOnly(graph: Graph, node: GraphNode, step: GraphNode): boolean {
  if (node === step) return true;
  if (!isPassing(node)) return false;
  return graph.nodes.filter(({ parents }) => parents.includes(node)).every((child) => feedsOnly(graph, child, step));
}
