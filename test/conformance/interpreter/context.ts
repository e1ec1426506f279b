import type { Flow, GlobalKTable, KGroupedStream, KGroupedTable, KStream, KTable } from '../../../src/index.ts';
import { nullable, string } from '../../../src/index.ts';
import type { NodeSpec, Scenario, Text } from './scenario.ts';

/** The serde of every key and value of a scenario. */
export const text = nullable(string());
export const keyValue = { key: text, value: text };

export type Stream = KStream<Text, Text>;
export type GroupedStream = KGroupedStream<string, Text>;
export type GroupedTable = KGroupedTable<string, string>;

/** A table whose keys are text or, after a windowed aggregation, windowed text. */
export interface Table {
  readonly table: KTable<unknown, string>;
  /** Shows the key as functions and predicates see it. */
  readonly keyText: (key: unknown) => Text;
  readonly windowed: boolean;
}

export type Global = GlobalKTable<Text, Text>;

/** What the nodes of a scenario have become so far, by id. */
export class Context {
  readonly flow: Flow;
  readonly scenario: Scenario;
  readonly #nodes = new Map<string, unknown>();

  constructor(flow: Flow, scenario: Scenario) {
    this.flow = flow;
    this.scenario = scenario;
  }

  set(id: string, node: Stream | Table | GroupedStream | GroupedTable | Global): void {
    this.#nodes.set(id, node);
  }

  stream(id: string): Stream {
    return this.#at(id) as Stream;
  }

  table(id: string): Table {
    return this.#at(id) as Table;
  }

  grouped(id: string): GroupedStream | GroupedTable {
    return this.#at(id) as GroupedStream | GroupedTable;
  }

  groupedStream(id: string): GroupedStream {
    return this.#at(id) as GroupedStream;
  }

  global(id: string): Global {
    return this.#at(id) as Global;
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  isStream(id: string): boolean {
    const node = this.#at(id);
    return typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'stream';
  }

  isTable(id: string): boolean {
    const node = this.#at(id);
    return typeof node === 'object' && node !== null && 'table' in node;
  }

  #at(id: string): unknown {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }
}

/** A null value is no row, so a table of `Text` is one of text. */
export function plainTable(table: KTable<unknown, Text>): Table {
  return { table: table as KTable<unknown, string>, keyText: (key) => key as Text, windowed: false };
}

/** Builds one node of a scenario. */
export type Build = (context: Context, node: NodeSpec) => void;
/** Operators by name. */
export type Family = Readonly<Record<string, Build>>;

export function inputOf(node: NodeSpec): string {
  if (typeof node.in !== 'string') throw new Error(`${node.id} needs one input`);
  return node.in;
}

export function inputsOf(node: NodeSpec): readonly string[] {
  return typeof node.in === 'string' ? [node.in] : (node.in ?? []);
}

/** A field that the node's operator needs. */
export function need<F extends keyof NodeSpec>(node: NodeSpec, field: F): NonNullable<NodeSpec[F]> {
  const value = node[field];
  if (value === undefined || value === null) throw new Error(`${node.id} has no ${field}`);
  return value;
}

/** The options of a table that keeps its history, where the node asks for it. */
export function versionedOf({ versioned }: NodeSpec): { versioned?: { retentionMs: number } } {
  return versioned === undefined ? {} : { versioned: { retentionMs: versioned } };
}

/** Names of repartition topics; stores have names of their own, which must not be the same. */
export const topicName = (node: NodeSpec, suffix = ''): string => `by.${node.id}${suffix}`;
