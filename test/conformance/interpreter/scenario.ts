/** The scenario language: one JSON object a line (see README.md). */
export type Text = string | null;

/** A function, predicate or the like: its name, or an object with the name as its one field. */
export type Spec = string | { readonly [name: string]: unknown };

export interface Window {
  readonly type: 'tumbling' | 'hopping' | 'sliding' | 'session' | 'unlimited';
  readonly size?: number;
  readonly advance?: number;
  readonly difference?: number;
  readonly gap?: number;
  readonly start?: number;
  readonly grace?: number;
}

/** One node of a topology. Which fields there are depends on `op`. */
export interface NodeSpec {
  readonly id: string;
  readonly op: string;
  readonly in?: string | readonly string[];
  readonly topic?: string;
  readonly topics?: readonly string[];
  readonly topicFrom?: Spec;
  readonly store?: string;
  readonly versioned?: number;
  readonly asOf?: readonly number[];
  readonly predicate?: Spec;
  readonly fn?: Spec;
  readonly key?: Spec;
  readonly value?: Spec;
  readonly branches?: readonly { readonly id: string; readonly predicate: Spec }[];
  readonly default?: string;
  readonly processor?: string;
  readonly every?: number;
  readonly offsets?: readonly number[];
  readonly header?: string;
  readonly until?: 'windowCloses' | 'timeLimit';
  readonly ms?: number;
  readonly maxRecords?: number;
  readonly init?: Text;
  readonly adder?: Spec;
  readonly adders?: readonly Spec[];
  readonly subtractor?: Spec;
  readonly reducer?: Spec;
  readonly merger?: Spec;
  readonly window?: Window | { readonly before: number; readonly after: number; readonly grace: number };
  readonly retention?: number;
  readonly emit?: 'windowClose';
  readonly joiner?: Spec;
  readonly grace?: number;
  readonly foreignKey?: Spec;
}

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

export interface PipeStep {
  readonly topic: string;
  readonly key: Text;
  readonly value: Text;
  readonly ts: number;
  readonly headers?: HeaderPairs;
}

export type Step = { readonly pipe: PipeStep } | { readonly advanceWallClock: number };

export interface OutputRecord {
  readonly key: Text;
  readonly value: Text;
  readonly ts: number;
  readonly headers?: HeaderPairs;
}

/** A row of a store, as far as stores of its kind have it. */
export interface StoreRow {
  readonly key: string;
  readonly start?: number;
  readonly end?: number;
  readonly asOf?: number;
  readonly value: string;
  readonly ts?: number;
}

/** What comes of a scenario. */
export interface Outcome {
  /** Of each step, what was written to each topic. */
  readonly steps: readonly Readonly<Record<string, readonly OutputRecord[]>>[];
  readonly stores: Readonly<Record<string, readonly StoreRow[]>>;
  readonly dropped: number;
}

export interface Scenario {
  readonly name: string;
  readonly description?: string;
  readonly source?: string;
  readonly compatOnly?: boolean;
  readonly optimize?: boolean;
  readonly topology: readonly NodeSpec[];
  readonly steps: readonly Step[];
  readonly expected?: Outcome;
}
