import type { Headers } from '../log/port.ts';
import type { KeyValueStore } from '../state/store.ts';
import type { GraphNode } from './graph.ts';
import type { StreamRecord } from './records.ts';

/** Encodes and sends one record to a sink's topic, in the transaction of the task. */
export type Send = (key: unknown, value: unknown, timestamp: number, headers: Headers) => void;

/**
 * What a live node may ask of its task. Everything is synchronous. Operators know neither Kafka nor SQLite nor clocks:
 * this is all they see.
 */
export interface TaskScope {
  /** Whether a node belongs to the sub-topology of this task; others are not connected. */
  has(node: GraphNode): boolean;
  /** The largest timestamp that the task has taken from its inputs; -1 before the first. */
  readonly streamTime: number;
  /** When tables pass on their changes: each at once, or the last one of each key when the task commits. */
  readonly emit: 'update' | 'commit';
  store<K, V>(name: string): KeyValueStore<K, V>;
  /** Hands each record that the task takes from the source's topic to `enter`. */
  source(node: GraphNode, enter: (record: StreamRecord<unknown, unknown>) => void): void;
  sink(node: GraphNode): Send;
  /** Calls `flush` at each commit, in the order of the calls of `onFlush`, which is the order of the graph. */
  onFlush(flush: () => void): void;
  /** Counts a record that an operator leaves out, as its rules say. */
  drop(node: GraphNode, reason: string): void;
}
