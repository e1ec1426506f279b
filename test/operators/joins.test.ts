import { describe, expect, test } from 'vitest';
import { join, leftJoin, outerJoin, string, to } from '../../src/index.ts';
import { type Row, run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };
const pair = (left: string | null, right: string | null): string => `${left}-${right}`;

/** The 15 rows of Kafka Streams' documentation: side, value, time. */
const STEPS: readonly (readonly ['L' | 'R', string | null])[] = [
  ['L', null],
  ['R', null],
  ['L', 'A'],
  ['R', 'a'],
  ['L', 'B'],
  ['R', 'b'],
  ['L', null],
  ['R', null],
  ['L', 'C'],
  ['R', 'c'],
  ['R', null],
  ['L', null],
  ['R', null],
  ['R', 'd'],
  ['L', 'D'],
];

async function results(kind: 'join' | 'leftJoin' | 'outerJoin', left: 'stream' | 'table'): Promise<string[]> {
  const { pipe } = await run(['left', 'right'], (flow) => {
    const right = flow.table('right', { key: text, value: string(), name: 'right-rows' });
    const result = { value: string() };
    if (left === 'stream') {
      const stream = flow.stream('left', keyText);
      if (kind === 'join') stream.pipe(join(right, pair), to('out', result));
      else stream.pipe(leftJoin(right, pair), to('out', result));
    } else {
      const table = flow.table('left', { key: text, value: string(), name: 'left-rows' });
      if (kind === 'join') table.pipe(join(right, pair), to('out', result));
      else if (kind === 'leftJoin') table.pipe(leftJoin(right, pair), to('out', result));
      else table.pipe(outerJoin(right, pair), to('out', result));
    }
  });
  return STEPS.map(([side, value], index) => {
    const row: Row = ['k', value, index + 1];
    return pipe(side === 'L' ? 'left' : 'right', row)
      .map(([, result, timestamp]) => `${result}@${timestamp}`)
      .join(' ');
  });
}

describe('joins, as the tables of Kafka Streams have them', () => {
  test('stream-table', async () => {
    expect(await results('join', 'stream')).toEqual([
      '',
      '',
      '',
      '',
      'B-a@5',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      'D-d@15',
    ]);
    expect(await results('leftJoin', 'stream')).toEqual([
      '',
      '',
      'A-null@3',
      '',
      'B-a@5',
      '',
      '',
      '',
      'C-null@9',
      '',
      '',
      '',
      '',
      '',
      'D-d@15',
    ]);
  });

  test('table-table', async () => {
    expect(await results('join', 'table')).toEqual([
      '',
      '',
      '',
      'A-a@4',
      'B-a@5',
      'B-b@6',
      'null@7',
      '',
      '',
      'C-c@10',
      'null@11',
      '',
      '',
      '',
      'D-d@15',
    ]);
    expect(await results('leftJoin', 'table')).toEqual([
      '',
      '',
      'A-null@3',
      'A-a@4',
      'B-a@5',
      'B-b@6',
      'null@7',
      '',
      'C-null@9',
      'C-c@10',
      'C-null@11',
      'null@12',
      '',
      '',
      'D-d@15',
    ]);
    expect(await results('outerJoin', 'table')).toEqual([
      '',
      '',
      'A-null@3',
      'A-a@4',
      'B-a@5',
      'B-b@6',
      'null-b@7',
      'null@8',
      'C-null@9',
      'C-c@10',
      'C-null@11',
      'null@12',
      '',
      'null-d@14',
      'D-d@15',
    ]);
  });

  test('a left join keeps records without a key', async () => {
    const { pipe } = await run(['left', 'right'], (flow) => {
      const right = flow.table('right', { key: text, value: string(), name: 'right-rows' });
      flow.stream('left', keyText).pipe(leftJoin(right, pair), to('out', { value: string() }));
    });
    expect(pipe('left', [null, 'A', 1])).toEqual([[null, 'A-null', 1]]);
  });
});
