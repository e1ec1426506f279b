import type { GraphNode } from './graph.ts';

/**
 * The nodes from which one record can reach a node with two inputs on two ways that have nothing else in common. While
 * such a node passes a record on, one input may have its effect already and the other not yet. Ways that all come through
 * one node on the way are a matter of that node.
 */
export function meetingPoints(left: GraphNode, right: GraphNode): GraphNode[] {
  const above = ancestors([left, right]);
  const common = [...ancestors([left])].filter((node) => ancestors([right]).has(node));
  return common.filter((node) =>
    [...above].every((other) => other === node || ancestors([left, right], other).has(node)),
  );
}

/** The nodes themselves and all from which records reach them without leaving the task; not through `avoided`. */
function ancestors(nodes: readonly GraphNode[], avoided?: GraphNode): Set<GraphNode> {
  const found = new Set<GraphNode>();
  const visit = (node: GraphNode): void => {
    if (node === avoided || found.has(node)) return;
    found.add(node);
    node.parents.forEach(visit);
  };
  nodes.forEach(visit);
  return found;
}
