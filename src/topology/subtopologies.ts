import type { Graph, GraphNode, SourceDeclaration } from './graph.ts';

/** Nodes that must run in one task, since they pass records on directly, share a store, or read the same topic. */
export interface PlannedSubtopology {
  readonly index: number;
  readonly nodes: readonly GraphNode[];
}

/** Cuts the graph at its repartition topics. Numbered in the order of their first nodes. Global tables are in none. */
export function findSubtopologies(graph: Graph): PlannedSubtopology[] {
  const groups = new UnionFind(graph.nodes.length);
  const owners = new Map<string, number>();
  for (const node of graph.nodes) {
    for (const parent of node.parents) groups.union(parent.id, node.id);
    const shared = [...(node.reads ?? []), ...(node.store ? [node.store.name] : [])].map((store) => `store ${store}`);
    if (node.source !== undefined) shared.push(`topic ${node.source.internal} ${node.source.topic}`);
    for (const thing of shared) {
      const owner = owners.get(thing);
      if (owner === undefined) owners.set(thing, node.id);
      else groups.union(owner, node.id);
    }
  }
  const byRoot = new Map<number, GraphNode[]>();
  for (const node of graph.nodes) {
    if (node.global !== undefined) continue;
    const root = groups.find(node.id);
    const nodes = byRoot.get(root) ?? [];
    byRoot.set(root, [...nodes, node]);
  }
  return [...byRoot.values()].map((nodes, index) => ({ index, nodes }));
}

/** The sources from which records reach a node without leaving the task. */
export function sourcesOf(node: GraphNode): SourceDeclaration[] {
  const above = node.parents.flatMap(sourcesOf);
  return node.source === undefined ? above : [node.source, ...above];
}

class UnionFind {
  readonly #parents: number[];

  constructor(size: number) {
    this.#parents = Array.from({ length: size }, (_, index) => index);
  }

  find(item: number): number {
    const parent = this.#parents[item] ?? item;
    return parent === item ? item : this.find(parent);
  }

  union(a: number, b: number): void {
    const [low, high] = [this.find(a), this.find(b)].sort((x, y) => x - y);
    if (low !== undefined && high !== undefined) this.#parents[high] = low;
  }
}
