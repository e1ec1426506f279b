import type { GraphNode } from './graph.ts';

/** Whence one record can reach a node with two inputs on two ways that have nothing else in common. */
export interface MeetingPoints {
  readonly nodes: readonly GraphNode[];
  /** Topics that are read several times: for each its sources on the way, in the order in which records enter them. */
  readonly topics: readonly (readonly GraphNode[])[];
}

/**
 * While such a node or topic passes a record on, one input may have its effect already and the other not yet. Ways that
 * all come through one node on the way are a matter of that node.
 */
export function meetingPoints(left: GraphNode, right: GraphNode): MeetingPoints {
  const above = ancestors([left, right]);
  const [ofLeft, ofRight] = [ancestors([left]), ancestors([right])];
  const met = [...ofLeft].filter(
    (point) =>
      ofRight.has(point) && [...above].every((other) => other === point || ancestors([left, right], other).has(point)),
  );
  const nodes = [...above].filter((point) => typeof point !== 'string').sort((a, b) => a.id - b.id);
  return {
    nodes: met.filter((point) => typeof point !== 'string'),
    topics: met
      .filter((point) => typeof point === 'string')
      .map((topic) => nodes.filter((node) => topicOf(node) === topic)),
  };
}

/** A node, or a topic, which stands above each of its sources. */
type Point = GraphNode | string;

/** The nodes themselves and all from which records reach them without leaving the task; not through `avoided`. */
function ancestors(nodes: readonly GraphNode[], avoided?: Point): Set<Point> {
  const found = new Set<Point>();
  const visit = (point: Point): void => {
    if (point === avoided || found.has(point)) return;
    found.add(point);
    if (typeof point === 'string') return;
    point.parents.forEach(visit);
    const topic = topicOf(point);
    if (topic !== undefined) visit(topic);
  };
  nodes.forEach(visit);
  return found;
}

function topicOf({ source }: GraphNode): string | undefined {
  return source && `${source.internal ? 'internal' : 'external'} ${source.topic}`;
}
