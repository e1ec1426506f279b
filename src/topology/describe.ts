import { unreachable } from '../util/assert.ts';
import type { GlobalDeclaration, GraphNode } from './graph.ts';
import type { Topology } from './topology.ts';

/** One step of a topology. */
export interface DescribedNode {
  readonly id: number;
  readonly kind: string;
  readonly name?: string;
  readonly parents: readonly number[];
  /** The topic that it reads or writes. */
  readonly topic?: string;
  readonly internal?: boolean;
  readonly key?: string;
  readonly value?: string;
  readonly stores?: readonly string[];
  /** Global tables that it looks rows up in. */
  readonly globals?: readonly string[];
  /** It remembers something in memory only, which a restart loses. */
  readonly volatile?: true;
}

/** A global table of a topology. */
export interface DescribedGlobal {
  readonly name: string;
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  /** How the records are read, where a function makes rows of them. */
  readonly from?: { readonly key: string; readonly value: string };
}

/** A topology as plain data: its steps, by the parts that tasks run. */
export interface TopologyDescription {
  readonly name: string;
  readonly subtopologies: readonly { readonly index: number; readonly nodes: readonly DescribedNode[] }[];
  /** Tables that every worker has whole, beside the sub-topologies. */
  readonly globals: readonly DescribedGlobal[];
}

/**
 * The graph as plain data.
 *
 * @example
 * const copy = topology('copy', (flow) => {
 *   flow.stream('clicks', { key: string(), value: string() }).pipe(to('copies'));
 * });
 * describeAsJson(copy).subtopologies[0]?.nodes.map(({ kind, topic }) => `${kind} ${topic}`); // → ['stream clicks', 'to copies']
 */
export function describeAsJson({ name, subtopologies, graph }: Topology): TopologyDescription {
  return {
    name,
    subtopologies: subtopologies.map(({ index, nodes }) => ({ index, nodes: nodes.map(describeNode) })),
    globals: [...graph.globals.values()].map(describeGlobal),
  };
}

/**
 * A topology in words: `text`, for people; `mermaid`, for a drawing; `json`, for programs.
 *
 * @example
 * const copy = topology('copy', (flow) => {
 *   flow.stream('clicks', { key: string(), value: string() }).pipe(to('copies'));
 * });
 * describe(copy).split('\n').at(-1); // → '    1 to; topic copies: string → string; from 0'
 * describe(copy, 'mermaid').split('\n')[0]; // → 'flowchart TD'
 */
export function describe(topology: Topology, format: 'text' | 'json' | 'mermaid' = 'text'): string {
  const description = describeAsJson(topology);
  switch (format) {
    case 'text':
      return asText(description);
    case 'json':
      return JSON.stringify(description, null, 2);
    case 'mermaid':
      return asMermaid(description);
    default:
      return unreachable(format);
  }
}

function describeGlobal({ name, topic, key, value, processing }: GlobalDeclaration): DescribedGlobal {
  const from = processing && { key: processing.from.key.name, value: processing.from.value.name };
  return { name, topic, key: key.name, value: value.name, ...(from && { from }) };
}

function describeNode(node: GraphNode): DescribedNode {
  const { id, kind, name, parents, volatile } = node;
  const end = node.source ?? node.sink;
  const stores = [...(node.store ? [node.store.name] : []), ...(node.reads ?? [])];
  return {
    id,
    kind,
    ...(name === undefined ? {} : { name }),
    parents: parents.map((parent) => parent.id),
    ...(end && { topic: end.topic, internal: end.internal, key: end.key.name, value: end.value.name }),
    ...(stores.length > 0 && { stores }),
    ...(node.globals && { globals: node.globals }),
    ...(volatile !== undefined && { volatile: true }),
  };
}

function asText({ name, subtopologies, globals }: TopologyDescription): string {
  const lines = [`Topology ${name}`];
  for (const { name, topic, key, value, from } of globals) {
    const rows = `${key} → ${value}`;
    const read = from === undefined ? rows : `${from.key} → ${from.value}; processed; rows ${rows}`;
    lines.push(`  Global table '${name}'; topic ${topic}: ${read}`);
  }
  for (const { index, nodes } of subtopologies) {
    lines.push(`  Sub-topology ${index}`);
    for (const node of nodes) lines.push(`    ${nodeText(node)}`);
  }
  return lines.join('\n');
}

function nodeText(node: DescribedNode): string {
  const { id, kind, name, parents, topic, internal, key, value, stores, globals } = node;
  const parts = [`${id} ${kind}${name === undefined || name === topic ? '' : ` '${name}'`}`];
  if (topic !== undefined) parts.push(`topic ${topic}${internal ? ' (internal)' : ''}: ${key} → ${value}`);
  if (stores !== undefined) parts.push(`stores ${stores.join(', ')}`);
  if (globals !== undefined) parts.push(`global tables ${globals.join(', ')}`);
  if (node.volatile === true) parts.push('volatile state: a restart loses it');
  if (parents.length > 0) parts.push(`from ${parents.join(', ')}`);
  return parts.join('; ');
}

function asMermaid({ subtopologies, globals }: TopologyDescription): string {
  const lines = ['flowchart TD'];
  const topics = new Map<string, string>();
  const topicOf = (topic: string): string => {
    const id = topics.get(topic) ?? `t${topics.size}`;
    if (!topics.has(topic)) lines.push(`  ${id}[/"${topic}"/]`);
    topics.set(topic, id);
    return id;
  };
  for (const { name, topic } of globals) lines.push(`  ${topicOf(topic)} --> global_${slug(name)}[("${name}")]`);
  for (const { index, nodes } of subtopologies) {
    lines.push(`  subgraph s${index}["sub-topology ${index}"]`);
    for (const { id, kind, name, volatile } of nodes) {
      const words = [kind, name ?? '', volatile === true ? '(volatile state)' : ''].filter((word) => word !== '');
      lines.push(`    n${id}["${words.join(' ')}"]`);
    }
    for (const node of nodes) {
      for (const parent of node.parents) lines.push(`    n${parent} --> n${node.id}`);
      for (const store of node.stores ?? [])
        lines.push(`    n${node.id} --- store_${index}_${slug(store)}[("${store}")]`);
    }
    lines.push('  end');
    for (const { id, parents, topic, globals = [] } of nodes) {
      for (const global of globals) lines.push(`  n${id} --- global_${slug(global)}`);
      if (topic !== undefined)
        lines.push(parents.length === 0 ? `  ${topicOf(topic)} --> n${id}` : `  n${id} --> ${topicOf(topic)}`);
    }
  }
  return lines.join('\n');
}

const slug = (name: string): string => name.replaceAll(/\W/g, '_');
