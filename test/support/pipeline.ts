import { count, groupBy, integer, mapValues, store, string, type Topology, to, topology } from '../../src/index.ts';

/** The topics of `pipeline`. */
export const TOPICS = ['in', 'copy', 'counts', 'sums'] as const;

/** The input's times are of 1970: a broker would delete the records half a minute after its start. */
export const KEEP = { 'retention.ms': '-1' };

/**
 * A pipeline that shows any loss or doubling: a copy of each record, a count and a sum of each of the user's, the sums
 * by way of a repartition topic. Values are `<user> <number>`.
 */
export const pipeline: Topology = topology('crash', (flow) => {
  const text = { key: string(), value: string() };
  const input = flow.stream('in', text);
  input.pipe(
    mapValues((value) => value),
    to('copy', { value: string() }),
  );
  const byUser = input.pipe(groupBy('by-user', (value) => value.slice(0, value.indexOf(' ')), { key: string() }));
  byUser.pipe(count('counts'), to('counts'));
  byUser.pipe(
    store('sums', integer()).aggregate({
      initial: () => 0,
      add: (sum, value) => sum + Number(value.slice(value.indexOf(' ') + 1)),
    }),
    to('sums'),
  );
});

/** Input of a seed: keys, and values as the pipeline reads them. */
export function inputRows(records: number, users: number): [key: string, value: string, timestamp: number][] {
  return Array.from({ length: records }, (_, i) => [`k${i % 997}`, `u${(i * 7919) % users} ${i}`, i]);
}

/** What the pipeline must come to, computed without it. */
export function expectedTotals(rows: readonly (readonly [string, string, number])[]): {
  counts: Map<string, number>;
  sums: Map<string, number>;
} {
  const counts = new Map<string, number>();
  const sums = new Map<string, number>();
  for (const [, value] of rows) {
    const [user = '', n] = value.split(' ');
    counts.set(user, (counts.get(user) ?? 0) + 1);
    sums.set(user, (sums.get(user) ?? 0) + Number(n));
  }
  return { counts, sums };
}
