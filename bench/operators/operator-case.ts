import type { Flow, Settings } from '../../src/index.ts';
import type { InputTopic } from './input-topics.ts';

/** One benchmark: a topology around one operator, and what it is fed. */
export interface OperatorCase {
  /** `seen` is to be called where a record ends in the topology, without an output. */
  readonly build: (flow: Flow, seen: () => void) => void;
  /** How many records of each topic come in turn. Default: orders only. */
  readonly inputs?: Inputs;
  /** How many different keys there are. Default 10,000. */
  readonly keys?: number;
  /** The case that does the same without the operator. Default `baseline/stream`. */
  readonly over?: string;
  /** A stream joined with itself keeps its records once. */
  readonly optimization?: 'all';
  readonly settings?: Settings;
}

export type Inputs = Partial<Readonly<Record<InputTopic, number>>>;

/** By name: the file of the operator, then, where it has several uses, `/` and which one. */
export type OperatorCases = Readonly<Record<string, OperatorCase>>;
