/** Small topologies, one for each kind of state. Values are of the form `word number`. */
import {
  count,
  filter,
  foreignKeyLeftJoin,
  groupBy,
  groupByKey,
  hopping,
  integer,
  join,
  leftJoin,
  map,
  mapAsync,
  mapValues,
  merge,
  nullable,
  outerJoin,
  process,
  reduce,
  repartition,
  session,
  sliding,
  split,
  store,
  string,
  suppress,
  to,
  topology,
  toStream,
  toTable,
  tumbling,
  untilWindowCloses,
  windowedBy,
} from '../../../src/index.ts';

const text = { key: string(), value: string() };
const wordOf = (value: string): string => value.split(' ')[0] ?? '';
const numberOf = (value: string): number => Number(value.split(' ')[1]);

export const stateless = topology('stateless', (flow) => {
  const { even, odd } = flow.stream('a', text).pipe(split({ even: (value) => numberOf(value) % 2 === 0 }, 'odd'));
  even.pipe(
    mapValues((value) => value.toUpperCase()),
    merge(odd),
    map((value, key) => [`${key}!`, value]),
    to('out', text),
  );
});

export const wordCount = topology('word-count', (flow) => {
  flow.stream('a', text).pipe(groupBy('by-word', wordOf, { key: string() }), count('counts'), to('out'));
});

/** Rows come, change, go to other groups and are deleted. */
export const tableSums = topology('table-sums', (flow) => {
  flow.table('a', { name: 'rows', ...text }).pipe(
    filter((value) => numberOf(value) % 7 !== 0),
    groupBy('rows-by-word', wordOf, { key: string() }),
    store('sums', integer()).aggregate({
      initial: () => 0,
      add: (sum, value) => sum + numberOf(value),
      subtract: (sum, value) => sum - numberOf(value),
    }),
    // Whether a group is empty or was never met depends on the commits.
    filter((sum) => sum !== 0),
    to('out'),
  );
});

export const tableJoins = topology('table-joins', (flow) => {
  const left = flow.table('a', { name: 'left', ...text });
  const right = flow.table('b', { name: 'right', ...text });
  const value = string();
  left.pipe(
    join(right, (a, b) => `${a}+${b}`),
    toStream(),
    to('inner', { value }),
  );
  left.pipe(
    outerJoin(right, (a, b) => `${a}+${b}`, { store: 'outer-rows', value }),
    to('outer'),
  );
});

/** Rows end by the time of their partition, which its records alone say. */
export const endings = topology('endings', (flow) => {
  const changes = flow.stream('a', { key: string(), value: nullable(string()) });
  changes.pipe(
    toTable('rows', { ...text, timeToLive: 60 }),
    groupBy('rows-by-word', wordOf, { key: string() }),
    count('counts'),
    // As above.
    filter((n) => n !== 0),
    to('out'),
  );
  changes.pipe(
    process({
      stores: [store('last', string(), { timeToLive: Number.POSITIVE_INFINITY })],
      init:
        ({ stores: { last }, forward }) =>
        ({ key, value }) => {
          forward({ key, value: last.get(key) ?? null });
          last.put(key, value, value === null ? {} : { timeToLive: 1 + (numberOf(value) % 90) });
        },
    }),
    to('found'),
  );
});

export const foreignKeys = topology('foreign-keys', (flow) => {
  const rows = flow.table('a', { name: 'rows', ...text });
  const words = flow.table('b', { name: 'words', ...text });
  rows.pipe(
    foreignKeyLeftJoin(words, wordOf, (row, word) => `${row}: ${word}`, { name: 'labels', value: string() }),
    to('out'),
  );
});

/** What a record finds in the table depends on their timestamps alone, if all of it is there from the beginning. */
export const streamTable = topology('stream-table', (flow) => {
  const table = flow.table('b', { name: 'rows', ...text });
  flow.stream('a', text).pipe(
    leftJoin(table, (a, b) => `${a} ${b}`),
    to('out', { value: string() }),
  );
});

export const streamJoins = topology('stream-joins', (flow) => {
  const left = flow.stream('a', text);
  const right = flow.stream('b', text);
  const value = string();
  left.pipe(
    join(right, (a, b) => `${a}+${b}`, { name: 'matched', before: 40, after: 60, grace: 1_000_000 }),
    to('inner', { value }),
  );
  left.pipe(
    outerJoin(right, (a, b) => `${a}+${b}`, { name: 'all', before: 15, after: 20, grace: 30 }),
    to('outer', { value }),
  );
});

export const windows = topology('windows', (flow) => {
  const grouped = flow.stream('a', text).pipe(groupByKey());
  const key = string();
  const named = (_: unknown, { key, start, end }: { key: string; start: number; end: number }): string =>
    `${key} ${start}-${end}`;
  const late = 1_000_000;
  grouped.pipe(windowedBy(tumbling(100, { grace: late })), count('tumbling'), toStream(named), to('tumbling', { key }));
  grouped.pipe(
    windowedBy(hopping(90, { advance: 30, grace: late })),
    count('hopping'),
    toStream(named),
    to('hopping', { key }),
  );
  grouped.pipe(windowedBy(sliding(50, { grace: late })), count('sliding'), toStream(named), to('sliding', { key }));
  grouped.pipe(windowedBy(session(40, { grace: late })), count('session'), toStream(named), to('session', { key }));
});

/** Results of windows that take no more records: what is late is left out. */
export const finals = topology('finals', (flow) => {
  const grouped = flow.stream('a', text).pipe(groupByKey());
  const key = string();
  const named = (_: unknown, { key, start, end }: { key: string; start: number; end: number }): string =>
    `${key} ${start}-${end}`;
  grouped.pipe(
    windowedBy(tumbling(100, { grace: 20 })),
    reduce('last', { add: (a, b) => (numberOf(a) < numberOf(b) ? b : a) }),
    suppress('final-last', untilWindowCloses()),
    toStream(named),
    to('suppressed', { key }),
  );
  grouped.pipe(
    windowedBy(session(30, { grace: 10 }), { emit: 'windowClose', late: (records) => records.pipe(to('late')) }),
    count('visits'),
    toStream(named),
    to('closed', { key }),
  );
});

export const globals = topology('globals', (flow) => {
  const words = flow.globalTable('b', { name: 'words', ...text });
  flow.stream('a', text).pipe(
    join(
      words,
      (value) => wordOf(value),
      (value, word) => `${value}: ${word}`,
    ),
    to('out', { value: string() }),
  );
});

export const processors = topology('processors', (flow) => {
  flow.stream('a', text).pipe(
    mapAsync('answers', async (value) => `${value}?`, { concurrency: 3 }),
    process({
      name: 'running',
      stores: [store('totals', integer())],
      value: string(),
      init:
        ({ stores: { totals }, forward }) =>
        ({ key, value }) => {
          const total = (totals.get(key) ?? 0) + Number.parseInt(value.split(' ')[1] ?? '0', 10);
          totals.put(key, total);
          forward({ key, value: `${value} ${total}` });
        },
    }),
    to('out', text),
  );
});

/** Every result says what time it was to the task: a record, and each turn of a punctuator. */
export const streamTime = topology('stream-time', (flow) => {
  flow.stream('a', text).pipe(
    process({
      name: 'clock',
      value: string(),
      init: ({ currentStreamTimeMs, schedule, forward }) => {
        schedule('streamTime', 50, (now) => forward({ key: 'turn', value: `${now}` }));
        return ({ key, value }) => forward({ key, value: `${value} at ${currentStreamTimeMs()}` });
      },
    }),
    to('out', text),
  );
});

/** Joined, then counted in windows, with rows that soon become too old. */
export const joinedWindows = topology('joined-windows', (flow) => {
  const left = flow.stream('a', text);
  const right = flow.stream('b', text);
  const [key, value] = [string(), string()];
  const named = (_: unknown, { key, start, end }: { key: string; start: number; end: number }): string =>
    `${key} ${start}-${end}`;
  right.pipe(
    join(left, (b, a) => `${b}+${a}`, { name: 'matched', within: 30, grace: 40 }),
    to('inner', { value }),
  );
  const all = left.pipe(outerJoin(right, (a, b) => `${a}+${b}`, { name: 'all', before: 15, after: 20, grace: 30 }));
  all.pipe(to('outer', { value }));
  const grouped = all.pipe(repartition('all', { value }), groupByKey());
  grouped.pipe(
    windowedBy(hopping(40, { advance: 20, grace: 25 })),
    count('hopping'),
    suppress('hopping-final', untilWindowCloses()),
    toStream(named),
    to('hopping', { key }),
  );
  grouped.pipe(
    windowedBy(session(30, { grace: 10 }), { emit: 'windowClose' }),
    count('session'),
    toStream(named),
    to('session', { key }),
  );
  grouped.pipe(windowedBy(sliding(30, { grace: 20 })), count('sliding'), toStream(named), to('sliding', { key }));
});
