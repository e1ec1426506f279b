import type { Headers } from '../log/port.ts';
import type { KeyValueStore, ReadOnlyKeyValueStore, TimedStore } from '../state/store.ts';
import type { GraphNode } from './graph.ts';
import type { StreamRecord } from './records.ts';

/** Encodes and sends one record to a sink's topic, in the transaction of the task. */
export type Send = (key: unknown, value: unknown, timestamp: number, headers: Headers) => void;

/**
 * Chooses where a record goes: one partition, several (each gets a copy), or none (`[]`: it is dropped and counted).
 * Undefined leaves it to the key, as always.
 *
 * @example
 * const spread: StreamPartitioner<string, string> = ({ value }, partitions) => value.length % partitions;
 * clicks.pipe(to('spread-clicks', { partitioner: spread }));
 */
export type StreamPartitioner<K = unknown, V = unknown> = (
  record: { readonly key: K; readonly value: V; readonly topic: string },
  partitions: number,
) => number | readonly number[] | undefined;

/**
 * Chooses the topic of each record. One that was not there at the start is an error of the record (TOPIC_UNKNOWN),
 * handled as `processingErrors` says.
 *
 * @example
 * const byLength: TopicNameExtractor<string, string> = ({ value }) => (value.length > 3 ? 'long-pages' : 'short-pages');
 * clicks.pipe(to(byLength, { topics: ['long-pages', 'short-pages'] }));
 * // in  clicks      ann=home@1 bob=tea@2
 * // out long-pages  ann=home@1
 * // out short-pages bob=tea@2
 */
export type TopicNameExtractor<K = unknown, V = unknown> = (record: StreamRecord<K, V>) => string;

/** What a sink does otherwise than by default. */
export interface Routing {
  readonly topic?: TopicNameExtractor;
  readonly partitioner?: StreamPartitioner;
}

/** One attempt of an asynchronous call. */
export interface AsyncAttempt {
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the time is over, and when the task is given up. */
  readonly signal: AbortSignal;
}

/** Asynchronous work on each record of a stream. */
export interface AsyncStep {
  /** How many calls are under way at most, and how many records are held back. */
  readonly concurrency: number;
  /** Attempts after the first one. */
  readonly retries: number;
  /** Before the second attempt; each wait is twice the one before. */
  readonly retryDelayMs: number;
  /** Of each attempt. */
  readonly timeoutMs: number;
  readonly onError: 'fail' | 'skip' | 'dead-letter';
  readonly call: (record: StreamRecord<unknown, unknown>, attempt: AsyncAttempt) => unknown;
  /** Called in a turn of the task, in the order of the records. */
  readonly emit: (result: unknown, record: StreamRecord<unknown, unknown>) => void;
}

/** Called when its turn has come, with the time (ms) of the clock it goes by. */
export type Punctuate = (timestamp: number) => void;

/** By which clock: event time as records bring it, or the clock on the wall. */
export type PunctuationType = 'streamTime' | 'wallClock';

export interface Punctuator {
  /** Ends it; may be called from within its own function. */
  cancel(): void;
}

/** A store whose rows have a time to live. */
export interface Expiring {
  /** Until then no row ends, ms; infinite where none ever does. */
  readonly due: number;
  /** Deletes the rows that have ended at `time`. */
  advance(time: number): void;
}

/** What frames the way of one record. */
export interface Span {
  readonly begin: () => void;
  readonly end: () => void;
}

/**
 * What a live node may ask of its task. Everything is synchronous. Operators know neither Kafka nor SQLite nor clocks:
 * this is all they see.
 */
export interface TaskScope {
  /** Whether a node belongs to the sub-topology of this task; others are not connected. */
  has(node: GraphNode): boolean;
  /** The largest timestamp that the task has taken from its inputs; -1 before the first. */
  readonly streamTime: number;
  /** The clock on the wall, ms since 1970. */
  readonly systemTime: number;
  /** When tables pass on their changes: each at once, or the last one of each key when the task commits. */
  readonly emit: 'update' | 'commit';
  /** Whether to give also those results of Kafka Streams that its own developers call wrong (`docs/compatibility.md`). */
  readonly compat: boolean;
  store<K, V>(name: string): KeyValueStore<K, V>;
  /** A store declared by `timedStore`. */
  timedStore<K, V>(name: string): TimedStore<K, V>;
  /** The rows of a global table as they are at the moment. */
  global<K, V>(name: string): ReadOnlyKeyValueStore<K, V>;
  /** Hands each record that the task takes from the source's topic to `enter`. */
  source(node: GraphNode, enter: (record: StreamRecord<unknown, unknown>) => void): void;
  /**
   * Frames the way of each record through several sources of one topic, from the first that it enters to the last. What
   * `end` throws is the record's, as what a source throws.
   */
  around(sources: readonly GraphNode[], span: Span): void;
  sink(node: GraphNode, routing?: Routing): Send;
  /**
   * Calls `flush` at each commit, in the order of the calls of `onFlush`, which is the order of the graph. `held` says how
   * much waits for it: the task commits early where that is much.
   */
  onFlush(flush: () => void, held?: () => number): void;
  /** Has rows deleted when stream time comes to their end, before the record that brings it there goes through. */
  expires(rows: Expiring): void;
  /** A step behind a table failed at one of its rows: what `processingErrors` says happens. */
  rowFailed(
    store: string,
    error: unknown,
    row: { readonly key: unknown; readonly value: unknown; readonly timestamp: number },
  ): void;
  /**
   * Calls `punctuate` every `everyMs`: by stream time after the first record and then whenever a record that has gone
   * through has brought the time to the next multiple of `everyMs`; by the wall clock `everyMs` from now and so on. A
   * jump over several turns is one call. Stream-time turns go on over a restart, wall-clock ones begin anew.
   */
  schedule(type: PunctuationType, everyMs: number, punctuate: Punctuate): Punctuator;
  /**
   * Opens an asynchronous step; gives the way into it. The offset of the input's record is held back until its results
   * are emitted.
   */
  runAsync(node: GraphNode, step: AsyncStep): (record: StreamRecord<unknown, unknown>) => void;
  /** Counts a record that an operator leaves out, as its rules say. */
  drop(node: GraphNode, reason: string): void;
}
