import type { Headers } from '../log/port.ts';
import type { TopicSerdes, Topics } from './topic-codecs.ts';

/** A record as a handler sees it: decoded, and where it came from. */
export interface Event<Topic extends string, K, V> {
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: number;
  readonly key: K;
  readonly value: V;
  /** Event time, ms. */
  readonly timestamp: number;
  readonly headers: Headers;
}

/** The events of some topics: `topic` tells them apart. */
export type EventOf<T extends Topics> = {
  [Name in keyof T & string]: T[Name] extends TopicSerdes<infer K, infer V> ? Event<Name, K, V> : never;
}[keyof T & string];

/** What a handler may know beside its event. */
export interface HandlerContext {
  /** Aborted when the service stops: a handler that takes long may end early, by throwing; its event comes again. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
}

/** Handles one event at a time. What it throws is tried again. */
export type Handler<E> = (event: E, context: HandlerContext) => void | Promise<void>;

/** Handles some events of one partition, in order. What it throws is tried again, with all of them. */
export type BatchHandler<E> = (events: readonly E[], context: HandlerContext) => void | Promise<void>;
