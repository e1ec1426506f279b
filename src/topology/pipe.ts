import type { UnaryFunction } from 'rxjs';

/**
 * `pipe` of what is no Observable, such as groups: all that can follow is an aggregation. Which types a chain gives, only
 * the overloads of `Pipe` can say.
 */
export function pipeSteps(this: unknown, ...steps: UnaryFunction<unknown, unknown>[]): unknown {
  return steps.reduce((value: unknown, step) => step(value), this);
}

/**
 * `pipe` for any chain of unary functions: a chain may go from stream to group to table and back, and every step is
 * inferred from the one before. Longer chains are split by giving a part a name.
 */
export interface Pipe<Self> {
  <A>(a: (source: Self) => A): A;
  <A, B>(a: (source: Self) => A, b: (source: A) => B): B;
  <A, B, C>(a: (source: Self) => A, b: (source: A) => B, c: (source: B) => C): C;
  <A, B, C, D>(a: (source: Self) => A, b: (source: A) => B, c: (source: B) => C, d: (source: C) => D): D;
  <A, B, C, D, E>(
    a: (source: Self) => A,
    b: (source: A) => B,
    c: (source: B) => C,
    d: (source: C) => D,
    e: (source: D) => E,
  ): E;
  <A, B, C, D, E, F>(
    a: (source: Self) => A,
    b: (source: A) => B,
    c: (source: B) => C,
    d: (source: C) => D,
    e: (source: D) => E,
    f: (source: E) => F,
  ): F;
  <A, B, C, D, E, F, G>(
    a: (source: Self) => A,
    b: (source: A) => B,
    c: (source: B) => C,
    d: (source: C) => D,
    e: (source: D) => E,
    f: (source: E) => F,
    g: (source: F) => G,
  ): G;
  <A, B, C, D, E, F, G, H>(
    a: (source: Self) => A,
    b: (source: A) => B,
    c: (source: B) => C,
    d: (source: C) => D,
    e: (source: D) => E,
    f: (source: E) => F,
    g: (source: F) => G,
    h: (source: G) => H,
  ): H;
  <A, B, C, D, E, F, G, H, I>(
    a: (source: Self) => A,
    b: (source: A) => B,
    c: (source: B) => C,
    d: (source: C) => D,
    e: (source: D) => E,
    f: (source: E) => F,
    g: (source: F) => G,
    h: (source: G) => H,
    i: (source: H) => I,
  ): I;
  <A, B, C, D, E, F, G, H, I, J>(
    a: (source: Self) => A,
    b: (source: A) => B,
    c: (source: B) => C,
    d: (source: C) => D,
    e: (source: D) => E,
    f: (source: E) => F,
    g: (source: F) => G,
    h: (source: G) => H,
    i: (source: H) => I,
    j: (source: I) => J,
  ): J;
  <A, B, C, D, E, F, G, H, I, J, L>(
    a: (source: Self) => A,
    b: (source: A) => B,
    c: (source: B) => C,
    d: (source: C) => D,
    e: (source: D) => E,
    f: (source: E) => F,
    g: (source: F) => G,
    h: (source: G) => H,
    i: (source: H) => I,
    j: (source: I) => J,
    l: (source: J) => L,
  ): L;
  <A, B, C, D, E, F, G, H, I, J, L, M>(
    a: (source: Self) => A,
    b: (source: A) => B,
    c: (source: B) => C,
    d: (source: C) => D,
    e: (source: D) => E,
    f: (source: E) => F,
    g: (source: F) => G,
    h: (source: G) => H,
    i: (source: H) => I,
    j: (source: I) => J,
    l: (source: J) => L,
    m: (source: L) => M,
  ): M;
}
