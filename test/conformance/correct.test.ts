/**
 * The right results where Kafka Streams gives wrong ones: the vectors marked `compatOnly` hold theirs, and are run with
 * `compat: 'kafka-streams'`. The differences are listed in `docs/compatibility.md`.
 */
import { describe, expect, test } from 'vitest';
import { runScenario } from './interpreter/run.ts';
import type { NodeSpec, Scenario, Step } from './interpreter/scenario.ts';
import { vectorsOf } from './vectors.ts';

/** Steps written as `key=value@time` of topic `in`, or `topic:key=value@time`. */
function pipes(text: string): Step[] {
  return text.split(', ').map((row) => {
    const [, topic = 'in', key = '', value = '', ts = ''] = /^(?:(\w+):)?(\w+)=(.*)@(\d+)$/.exec(row) ?? [];
    return { pipe: { topic, key, value: value === 'null' ? null : value, ts: Number(ts) } };
  });
}

/** What comes out of topic `out` at each step, written in the same way. */
async function results(topology: readonly NodeSpec[], steps: readonly Step[]): Promise<string[]> {
  const scenario: Scenario = { name: 'correct', topology: [...topology, ...out(topology)], steps };
  const { steps: written } = await runScenario(scenario);
  return written.map((step) => (step['out'] ?? []).map(({ key, value, ts }) => `${key}=${value}@${ts}`).join(' '));
}

function out(topology: readonly NodeSpec[]): NodeSpec[] {
  const last = topology.at(-1)?.id ?? '';
  return [
    { id: 'rows', op: 'toStream', in: last },
    { id: 'sink', op: 'to', in: 'rows', topic: 'out' },
  ];
}

const table: NodeSpec = { id: 't', op: 'table', topic: 'in', store: 'rows-of-t' };
const counts: readonly NodeSpec[] = [
  { id: 's', op: 'stream', topic: 'in' },
  { id: 'g', op: 'groupByKey', in: 's' },
  { id: 'c', op: 'count', in: 'g', store: 'counts' },
];

describe('joins of tables that share a source', () => {
  const present = { join: 'both', leftJoin: 'left', outerJoin: 'any' } as const;

  /** The joined value of rows that may be missing. */
  function joined(op: keyof typeof present, l: string | null, r: string | null): string | null {
    const there = { both: l !== null && r !== null, left: l !== null, any: l !== null || r !== null }[present[op]];
    return there ? `${l}|${r}` : null;
  }

  const chains = vectorsOf('table-table-join').filter(({ name }) => name.startsWith('B4.3'));

  test.each(chains.map((vector) => [vector.name, vector] as const))('%s: one result a change', async (_, vector) => {
    const [first, second] = vector.topology.slice(2, 4).map(({ op }) => op as keyof typeof present);
    if (first === undefined || second === undefined) throw new Error('no chain of joins');
    const rows: Record<string, string | null> = { L: null, R: null };
    const expected = vector.steps.map((step) => {
      if (!('pipe' in step) || step.pipe.key === null) return [];
      const before = joined(second, joined(first, rows['L'] ?? null, rows['R'] ?? null), rows['R'] ?? null);
      rows[step.pipe.topic] = step.pipe.value;
      const after = joined(second, joined(first, rows['L'] ?? null, rows['R'] ?? null), rows['R'] ?? null);
      return before === null && after === null ? [] : [after];
    });
    const { steps } = await runScenario({ ...vector, compatOnly: false });
    expect(steps.map((step) => (step['out'] ?? []).map(({ value }) => value))).toEqual(expected);
  });
});

describe('old values of aggregates', () => {
  test('a new count takes nothing out of a group', async () => {
    const steps = pipes('a=x@1, b=x@2, a=y@3');
    const regrouped: NodeSpec[] = [
      ...counts,
      { id: 'h', op: 'groupBy', in: 'c', key: { const: 'all' } },
      { id: 'all', op: 'aggregate', in: 'h', store: 'all' },
    ];
    // Kafka Streams: 0+1, then 0+1-0+1, where 0 never was a row.
    expect(await results(regrouped, steps)).toEqual(['all=0+1@1', 'all=0+1+1@2', 'all=0+1+1-1+2@3']);
  });

  test('a count that suppress has never let out joins nothing', async () => {
    const joined: NodeSpec[] = [
      ...counts,
      { id: 'held', op: 'suppress', in: 'c', until: 'timeLimit', ms: 5 },
      { id: 'other', op: 'table', topic: 'other', store: 'other' },
      { id: 'all', op: 'join', in: ['held', 'other'], store: 'all' },
    ];
    // Kafka Streams at the second step: a=0|y, where 0 never was a row.
    const steps = pipes('a=x@1, other:a=y@2, b=x@9');
    expect(await results(joined, steps)).toEqual(['', '', 'a=1|y@2']);
  });

  test('a new window takes nothing out of a group', async () => {
    const [vector] = vectorsOf('chained').filter(({ name }) => name === 'windowed count regrouped');
    if (vector === undefined) throw new Error('no such vector');
    const { steps } = await runScenario({ ...vector, compatOnly: false });
    const first = steps.slice(0, 2).map((step) => (step['out'] ?? []).map(({ value }) => value));
    expect(first).toEqual([['0+a@[0,10):1'], ['0+a@[0,10):1+b@[0,10):1']]);
  });

  test('a sliding window that begins as a copy was not there before', async () => {
    const windows: NodeSpec[] = [
      { id: 's', op: 'stream', topic: 'in' },
      { id: 'g', op: 'groupByKey', in: 's' },
      { id: 'w', op: 'reduce', in: 'g', store: 'w', window: { type: 'sliding', difference: 10, grace: 50 } },
      { id: 'h', op: 'groupBy', in: 'w', key: { const: 'all' } },
      { id: 'all', op: 'reduce', in: 'h', store: 'all' },
    ];
    // b@25 has [15,25]; a@20 then gets [10,20], joins [15,25], and [21,31] begins as a copy of b.
    expect(await results(windows, pipes('k=b@25, k=a@20'))).toEqual([
      'all=b@25',
      'all=b-b+b+a@25 all=b-b+b+a+a@25 all=b-b+b+a+a+b@25',
    ]);
  });

  test('a join by foreign key sees no row that never was', async () => {
    const joined: NodeSpec[] = [
      ...counts,
      { id: 'r', op: 'table', topic: 'right', store: 'right' },
      { id: 'j', op: 'foreignKeyLeftJoin', in: ['c', 'r'], foreignKey: 'value', store: 'j' },
    ];
    // Kafka Streams first ends a subscription of `0`, which nobody has made.
    expect(await results(joined, pipes('right:0=zero@0, right:1=one@0, a=x@1'))).toEqual(['', '', 'a=1|one@1']);
  });
});

describe('old values behind suppress', () => {
  const held: NodeSpec = { id: 'q', op: 'suppress', in: 't', until: 'timeLimit', ms: 3 };

  test('a group loses only what came into it', async () => {
    const regrouped: NodeSpec[] = [
      table,
      held,
      { id: 'g', op: 'groupBy', in: 'q', key: 'firstChar' },
      { id: 'a', op: 'aggregate', in: 'g', store: 'groups' },
    ];
    // a1 comes out at 4; a2, which replaced it, and a3 after that are one change from a1 to a3.
    expect(await results(regrouped, pipes('k=a1@0, j=b1@4, k=a2@5, k=a3@6, j=b2@20'))).toEqual([
      '',
      'a=0+a1@0',
      '',
      '',
      'b=0+b2@20 a=0+a1-a1+a3@6',
    ]);
  });

  test('a filter tells of a row that no longer passes, and of no other', async () => {
    const filtered: NodeSpec[] = [table, held, { id: 'f', op: 'filter', in: 'q', predicate: { contains: 'a' } }];
    // k: a1 came out, so its end must; j: a2 was replaced by b3 before anybody saw it.
    expect(await results(filtered, pipes('k=a1@0, x=b1@4, k=b2@5, j=a2@5, j=b3@6, x=a9@30'))).toEqual([
      '',
      'k=a1@0',
      '',
      '',
      '',
      'x=a9@30 k=null@5',
    ]);
  });
});

describe('windows that close', () => {
  test('none is lost when time jumps past what the store keeps', async () => {
    const [vector] = vectorsOf('windows').filter(({ name }) => name === 'B7.1, emit on close, windows lost');
    const [whole] = vectorsOf('windows').filter(({ name }) => name === 'B7.1, emit on close');
    if (vector === undefined || whole === undefined) throw new Error('no such vectors');
    const { steps } = await runScenario({ ...vector, compatOnly: false });
    expect(steps).toEqual(whole.expected?.steps);
  });
});
