import { expect, describe as suite, test } from 'vitest';
import {
  count,
  describe,
  describeAsJson,
  type Flow,
  groupBy,
  groupByKey,
  join,
  mapValues,
  string,
  to,
  topology,
} from '../../src/index.ts';
import { Application } from '../../src/runtime/application.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const text = { key: string(), value: string() };

const counted = topology('counted', (flow) => {
  flow.stream('in', text).pipe(
    groupBy('by-value', (value) => value, { key: string() }),
    count('counts'),
    to('out'),
  );
});

/** What the compiler would refuse. */
const untyped = <T>(value?: unknown): T => value as T;

suite('validation', () => {
  test('a name that is used twice', () => {
    const build = () =>
      topology('twice', (flow) => {
        const stream = flow.stream('in', text).pipe(groupByKey());
        stream.pipe(count('same'));
        stream.pipe(count('same'));
      });
    expect(build).toThrow(
      /The name 'same' is used twice: by aggregate and by aggregate\. .* give one of them another name/,
    );
  });

  test('a name that no topic can have', () => {
    const build = () => topology('odd', (flow) => flow.stream('in', text).pipe(groupByKey(), count('no spaces')));
    expect(build).toThrow(/'no spaces' .* Use 1 to 200 letters/);
  });

  test.each<[string, (flow: Flow) => void]>([
    ['table', (flow) => void flow.table('in', { ...text, name: untyped() })],
    ['globalTable', (flow) => void flow.globalTable('in', { ...text, name: untyped() })],
    ['aggregate', (flow) => void flow.stream('in', text).pipe(groupByKey(), count(untyped()))],
    [
      'repartition',
      (flow) => void flow.stream('in', text).pipe(groupBy(untyped(), (value) => value, { key: string() })),
    ],
    [
      'join',
      (flow) => void flow.stream('in', text).pipe(join(flow.stream('in', text), () => 1, untyped({ within: 5 }))),
    ],
  ])('a missing name, which a program without types may have: %s', (kind, build) => {
    expect(() => topology('nameless', build)).toThrow(`A step of kind ${kind} has no name.`);
  });

  test('a topic that is read from two places', () => {
    const build = () =>
      topology('torn', (flow) => {
        flow.stream('in', { ...text, reset: 'latest' });
        flow.table('in', { ...text, name: 'rows' });
      });
    expect(build).toThrow('Topic in is read several times, with reset "latest" and with "earliest".');
  });

  test('a topology without input', () => {
    expect(() => topology('empty', () => {})).toThrow(/'empty' reads no topic/);
  });

  test('values without a serde', () => {
    const build = () =>
      topology('bare', (flow) => {
        flow.stream('in', text).pipe(
          mapValues((value) => value.length),
          to('out'),
        );
      });
    expect(build).toThrow(/to\('out'\) needs a serde for the value: .* Pass \{ value: … \}/);
  });

  test('inputs of a join with different partition counts', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { orders: 4, users: 3, out: 1 });
    const joined = topology('joined', (flow) => {
      const users = flow.table('users', { ...text, name: 'users' });
      flow.stream('orders', text).pipe(
        join(users, (order, user) => order + user),
        to('out', { value: string() }),
      );
    });
    await expect(Application.bind('joined', joined, bench.log)).rejects.toThrow(
      /join needs its inputs partitioned alike, but orders has 4 partitions and users has 3 partitions\. Give the topics/,
    );
  });
});

suite('partition counts', () => {
  test('a repartition topic takes the count of the side it is joined with, else that of its writer', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { orders: 4, users: 3, out: 1 });
    const joined = topology('joined', (flow) => {
      const users = flow.table('users', { ...text, name: 'users' });
      const orders = flow.stream('orders', text);
      orders.pipe(
        groupBy('by-user', (value) => value, { key: string() }),
        count('counts'),
        join(users, (n, user) => `${n}${user}`),
        to('out', { value: string() }),
      );
      orders.pipe(
        groupBy('by-other', (value) => value, { key: string() }),
        count('others'),
      );
    });
    const application = await Application.bind('app', joined, bench.log);
    expect(application.partitionsOf('app-by-user-repartition')).toBe(3);
    expect(application.partitionsOf('app-by-other-repartition')).toBe(4);
    expect(application.subtopologies.map(({ tasks }) => tasks)).toEqual([3, 4, 4]);
  });
});

suite('describe', () => {
  test('as text', () => {
    expect(describe(counted)).toBe(
      [
        'Topology counted',
        '  Sub-topology 0',
        '    0 stream; topic in: string → string',
        '    1 selectKey; from 0',
        '    2 repartition; topic by-value (internal): string → string; from 1',
        '  Sub-topology 1',
        '    3 repartitioned; topic by-value (internal): string → string',
        "    4 aggregate 'counts'; stores counts; from 3",
        '    5 to; topic out: string → integer; from 4',
      ].join('\n'),
    );
  });

  test('as JSON', () => {
    expect(JSON.parse(describe(counted, 'json'))).toEqual(describeAsJson(counted));
    expect(describeAsJson(counted).subtopologies[1]?.nodes.at(-1)).toEqual({
      id: 5,
      kind: 'to',
      parents: [4],
      topic: 'out',
      internal: false,
      key: 'string',
      value: 'integer',
    });
  });

  test('as Mermaid', () => {
    const drawing = describe(counted, 'mermaid');
    expect(drawing).toMatch(/^flowchart TD\n/);
    expect(drawing).toContain('n2 --> t1');
    expect(drawing).toContain('t1 --> n3');
    expect(drawing).toContain('store_1_counts[("counts")]');
  });
});
