import type avsc from 'avsc';
import type { Tap } from '../tap.ts';

/**
 * The methods of avsc's types that ours override. They are not in its type declarations, but have been the same through
 * all of 5.x; its own `LogicalType` and `LongType.__with` are built on them.
 */
export interface AvscType {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
  _write(tap: Tap, value: unknown): void;
  _check(value: unknown, flags?: number, hook?: InvalidHook, path?: string[]): boolean;
}

/** Called with each value that does not fit and the type that it should have. */
export type InvalidHook = (value: unknown, type: avsc.Type) => void;

/** A resolver that is being made: it stays incompatible until it has a `_read`. */
export interface ResolverDraft {
  _read: ((this: never, tap: Tap) => unknown) | null;
}
