import type { Observable, OperatorFunction, UnaryFunction } from 'rxjs';

/**
 * `pipe` of what is no Observable, such as groups: all that can follow is an aggregation. Which types a chain gives, only
 * the overloads of `Pipe` can say.
 */
export function pipeSteps(this: unknown, ...steps: UnaryFunction<unknown, unknown>[]): unknown {
  return steps.reduce((value: unknown, step) => step(value), this);
}

/**
 * `pipe` for any chain of unary functions: a chain may go from stream to group to table and back, and every step is
 * inferred from the one before. One overload for each length, so that an error speaks of the very step; chains of more
 * than twenty are split by giving a part a name.
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
  <A, B, C, D, E, F, G, H, I, J, K>(
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
    k: (source: J) => K,
  ): K;
  <A, B, C, D, E, F, G, H, I, J, K, L>(
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
    k: (source: J) => K,
    l: (source: K) => L,
  ): L;
  <A, B, C, D, E, F, G, H, I, J, K, L, M>(
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
    k: (source: J) => K,
    l: (source: K) => L,
    m: (source: L) => M,
  ): M;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N>(
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
    k: (source: J) => K,
    l: (source: K) => L,
    m: (source: L) => M,
    n: (source: M) => N,
  ): N;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O>(
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
    k: (source: J) => K,
    l: (source: K) => L,
    m: (source: L) => M,
    n: (source: M) => N,
    o: (source: N) => O,
  ): O;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P>(
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
    k: (source: J) => K,
    l: (source: K) => L,
    m: (source: L) => M,
    n: (source: M) => N,
    o: (source: N) => O,
    p: (source: O) => P,
  ): P;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q>(
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
    k: (source: J) => K,
    l: (source: K) => L,
    m: (source: L) => M,
    n: (source: M) => N,
    o: (source: N) => O,
    p: (source: O) => P,
    q: (source: P) => Q,
  ): Q;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R>(
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
    k: (source: J) => K,
    l: (source: K) => L,
    m: (source: L) => M,
    n: (source: M) => N,
    o: (source: N) => O,
    p: (source: O) => P,
    q: (source: P) => Q,
    r: (source: Q) => R,
  ): R;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S>(
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
    k: (source: J) => K,
    l: (source: K) => L,
    m: (source: L) => M,
    n: (source: M) => N,
    o: (source: N) => O,
    p: (source: O) => P,
    q: (source: P) => Q,
    r: (source: Q) => R,
    s: (source: R) => S,
  ): S;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T>(
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
    k: (source: J) => K,
    l: (source: K) => L,
    m: (source: L) => M,
    n: (source: M) => N,
    o: (source: N) => O,
    p: (source: O) => P,
    q: (source: P) => Q,
    r: (source: Q) => R,
    s: (source: R) => S,
    t: (source: S) => T,
  ): T;
}

/** Those forms of RxJS's `pipe` that `Pipe` lacks, so that streams and tables are Observables to the compiler too. */
export interface ObservablePipe<T> {
  (): Observable<T>;
  <A, B, C, D, E, F, G, H, I>(
    a: OperatorFunction<T, A>,
    b: OperatorFunction<A, B>,
    c: OperatorFunction<B, C>,
    d: OperatorFunction<C, D>,
    e: OperatorFunction<D, E>,
    f: OperatorFunction<E, F>,
    g: OperatorFunction<F, G>,
    h: OperatorFunction<G, H>,
    i: OperatorFunction<H, I>,
    ...more: OperatorFunction<never, unknown>[]
  ): Observable<unknown>;
}
