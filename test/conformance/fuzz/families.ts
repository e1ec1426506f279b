/** Random topologies of each family. */
import type { Draft } from './draft.ts';
import {
  aggregate,
  anyRetention,
  anyWindow,
  decorateStream,
  decorateTable,
  globalTable,
  groupStream,
  groupTable,
  history,
  joinForeign,
  joinGlobal,
  joinStreams,
  joinTable,
  joinTables,
  sink,
  statelessStream,
  statelessTable,
  stream,
  suppressCloses,
  suppressLimit,
  table,
} from './operators.ts';
import { anyPredicate } from './random-functions.ts';

type Family = (draft: Draft) => void;

const emission = (draft: Draft): 'windowClose' | undefined => (draft.random.chance(0.35) ? 'windowClose' : undefined);

const stateless: Family = (draft) => {
  const { random } = draft;
  draft.headers = random.chance(0.5);
  let node = stream(draft);
  for (let left = random.whole(1, 4); left > 0; left--) {
    if (random.chance(0.2)) node = split(draft, node);
    else if (random.chance(0.12)) node = throughTable(draft, node);
    else node = statelessStream(draft, node);
  }
  if (!random.chance(0.3)) return sink(draft, node);
  const by = random.pick(['firstChar', 'lastChar', 'key']);
  draft.add('to', node, 'stream', { topicFrom: { chain: [by, { prepend: 'to-' }, { orElse: 'to-none' }] } });
};

function split(draft: Draft, node: string): string {
  const { random } = draft;
  const branches = Array.from({ length: random.whole(1, 3) }, () => ({
    id: draft.fresh('branch'),
    predicate: anyPredicate(random),
  }));
  const rest = random.chance(0.6) ? draft.fresh('branch') : undefined;
  draft.add('split', node, 'stream', { branches, default: rest });
  const ids = [...branches.map(({ id }) => id), ...(rest === undefined ? [] : [rest])];
  for (const id of ids) draft.addBranch(id, node);
  if (ids.length > 1 && random.chance(0.5)) return draft.add('merge', ids.reverse(), 'stream');
  for (const id of ids.slice(1)) sink(draft, id);
  return ids[0] ?? node;
}

function throughTable(draft: Draft, node: string): string {
  const rows = draft.add('toTable', node, 'table', { store: draft.fresh('store') });
  return draft.add('toStream', statelessTable(draft, rows), 'stream');
}

const aggregation: Family = (draft) => {
  const grouped = groupStream(draft, decorateStream(draft, stream(draft), 2));
  for (let left = draft.random.pick([1, 1, 2]); left > 0; left--)
    sink(draft, decorateTable(draft, aggregate(draft, grouped)));
};

const tableAggregation: Family = (draft) => {
  const { random } = draft;
  const source = random.pick([
    () => table(draft),
    () => table(draft),
    () =>
      draft.add('toTable', decorateStream(draft, stream(draft, 'state'), 1), 'table', { store: draft.fresh('store') }),
    () => aggregate(draft, groupStream(draft, stream(draft)), { op: random.pick(['count', 'reduce', 'reduce']) }),
  ])();
  const grouped = groupTable(draft, decorateTable(draft, source, 2));
  for (let left = random.pick([1, 1, 2]); left > 0; left--)
    sink(draft, decorateTable(draft, aggregate(draft, grouped)));
};

const windows: Family = (draft) => {
  const window = anyWindow(draft, ['tumbling', 'hopping', 'hopping', 'sliding', 'sliding', 'unlimited']);
  const emit = window.type === 'unlimited' ? undefined : emission(draft);
  const grouped = groupStream(draft, decorateStream(draft, stream(draft), 1));
  sink(draft, decorateTable(draft, aggregate(draft, grouped, { window, emit })));
};

const session: Family = (draft) => {
  const window = anyWindow(draft, ['session']);
  const grouped = groupStream(draft, decorateStream(draft, stream(draft), 1));
  sink(draft, decorateTable(draft, aggregate(draft, grouped, { window, emit: emission(draft) })));
};

const suppress: Family = (draft) => {
  const { random } = draft;
  if (random.chance(0.55)) {
    const window = anyWindow(draft, ['tumbling', 'hopping', 'sliding', 'session']);
    const grouped = groupStream(draft, decorateStream(draft, stream(draft), 1));
    const rows = decorateTable(draft, aggregate(draft, grouped, { window }));
    sink(draft, rows);
    const held = random.chance(0.7) ? suppressCloses(draft, rows) : suppressLimit(draft, rows);
    return sink(draft, decorateTable(draft, held));
  }
  const rows = random.pick([
    () => table(draft),
    () => aggregate(draft, groupStream(draft, stream(draft))),
    () => aggregate(draft, groupTable(draft, table(draft))),
  ])();
  sink(draft, rows);
  const held = suppressLimit(draft, decorateTable(draft, rows));
  sink(draft, decorateTable(draft, random.chance(0.25) ? aggregate(draft, groupTable(draft, held)) : held));
};

const streamStreamJoin: Family = (draft) => {
  const { random } = draft;
  const left = decorateStream(draft, stream(draft), 1, random.chance(0.3));
  const right = random.pick([
    () => left,
    () => statelessStream(draft, left, false),
    ...Array.from({ length: 8 }, () => () => decorateStream(draft, stream(draft), 1, random.chance(0.2))),
  ])();
  draft.optimize = left === right && random.chance(0.5);
  sink(draft, decorateStream(draft, joinStreams(draft, left, right), 1, false));
};

const tableTableJoin: Family = (draft) => {
  let node = joinTables(draft, decorateTable(draft, table(draft)), decorateTable(draft, table(draft)));
  if (draft.random.chance(0.3)) node = joinTables(draft, decorateTable(draft, node), table(draft));
  sink(draft, decorateTable(draft, node));
};

const foreignKeyJoin: Family = (draft) => {
  const { random, scale } = draft;
  const versions = [undefined, undefined, undefined, 2 * scale] as const;
  const rows = table(draft, 'reference', random.pick(versions));
  const right = table(draft, 'foreign', random.pick(versions));
  const part = { part: [',', 1] };
  const left =
    draft.kindOf(rows) === 'table' && random.chance(0.2)
      ? draft.add('filter', rows, 'table', { predicate: anyPredicate(random) })
      : rows;
  const foreignKey = random.chance(0.25) ? { chain: [part, { nullIf: 'z' }] } : part;
  sink(draft, decorateTable(draft, joinForeign(draft, left, right, foreignKey)));
};

const streamTableJoin: Family = (draft) => {
  const { random, scale } = draft;
  const versioned = random.pick([undefined, undefined, 2 * scale, 10 * scale]);
  const rows = table(draft, 'state', versioned);
  const right = versioned === undefined ? decorateTable(draft, rows) : rows;
  sink(draft, joinTable(draft, decorateStream(draft, stream(draft), 1, random.chance(0.3)), right));
};

const versioned: Family = (draft) => {
  const { random, scale } = draft;
  const time = random.pick([scale, 2 * scale, 10 * scale, 1000]);
  const source = random.chance(0.15)
    ? draft.add('toTable', decorateStream(draft, stream(draft, 'state'), 1), 'versioned', {
        store: draft.fresh('store'),
        ...history(draft, time),
      })
    : table(draft, 'state', time);
  const rows = random.chance(0.2) ? statelessTable(draft, source) : source;
  const shapes: readonly [() => void, ...(() => void)[]] = [
    () => sink(draft, rows),
    () => sink(draft, aggregate(draft, groupTable(draft, rows))),
    () => {
      const other = table(draft, 'state', random.pick([undefined, 2 * scale]));
      const [left, right] = random.chance(0.5) ? [rows, other] : [other, rows];
      sink(draft, joinTables(draft, left, right));
    },
    () => {
      sink(draft, joinTable(draft, decorateStream(draft, stream(draft), 1, false), rows));
      sink(draft, rows);
    },
  ];
  random.pick(shapes)();
};

const global: Family = (draft) => {
  let node = decorateStream(draft, stream(draft), 1);
  for (let left = draft.random.pick([1, 1, 2]); left > 0; left--) node = joinGlobal(draft, node, globalTable(draft));
  if (draft.random.chance(0.3)) node = aggregate(draft, groupStream(draft, node));
  sink(draft, node);
};

const cogroup: Family = (draft) => {
  const { random } = draft;
  const grouped = Array.from({ length: random.whole(1, 3) }, () =>
    groupStream(draft, decorateStream(draft, stream(draft), 1, random.chance(0.3))),
  );
  const type = random.pick([undefined, undefined, 'tumbling', 'hopping', 'sliding', 'session', 'session'] as const);
  const window = type && anyWindow(draft, [type]);
  const joins = ['+', '*', '^'].slice(0, grouped.length).map((separator) => ({ join: separator }));
  const adders = window === undefined && random.chance(0.3) ? [{ plusUnless: 'c' }, ...joins.slice(1)] : joins;
  const rows = draft.add('cogroup', grouped, window === undefined ? 'table' : 'windowed', {
    adders,
    store: draft.fresh('store'),
    window,
    retention: window && anyRetention(draft, window),
  });
  sink(draft, decorateTable(draft, rows));
};

const PROCESSORS = {
  dedup: { op: 'process', stored: true },
  streamTimeCounter: { op: 'process', stored: true },
  wallClockCounter: { op: 'process', stored: true },
  swap: { op: 'process', stored: false },
  fanOut: { op: 'process', stored: false },
  addHeader: { op: 'process', stored: false },
  number: { op: 'processValues', stored: true },
  previous: { op: 'processValues', stored: true },
  timestamps: { op: 'processValues', stored: false },
} as const;
type Processor = keyof typeof PROCESSORS;

const processor: Family = (draft) => {
  const { random } = draft;
  draft.headers = random.chance(0.3);
  let node = decorateStream(draft, stream(draft), 1, false);
  for (let left = random.whole(1, 3); left > 0; left--)
    node = process(draft, node, random.pick(Object.keys(PROCESSORS) as [Processor, ...Processor[]]));
  if (random.chance(0.25)) node = aggregate(draft, groupStream(draft, node));
  sink(draft, node);
};

function process(draft: Draft, node: string, kind: Processor): string {
  const { random, scale } = draft;
  const { op, stored } = PROCESSORS[kind];
  if (kind === 'wallClockCounter') draft.wallClock = true;
  const counts = kind === 'streamTimeCounter' || kind === 'wallClockCounter';
  return draft.add(op, node, 'stream', {
    processor: kind,
    store: stored ? draft.fresh('store') : undefined,
    every: counts ? random.pick([scale, 2 * scale, 7]) : undefined,
    offsets: kind === 'fanOut' ? random.pick([[0, 5], [-3, 0], [10, -10, 0], []]) : undefined,
    header: kind === 'addHeader' ? 'seen' : undefined,
  });
}

/** Any operator that fits, a few times over. */
const chained: Family = (draft) => {
  const { random } = draft;
  let node = random.chance(0.65) ? stream(draft) : table(draft);
  for (let left = random.whole(2, 4); left > 0; left--) {
    if (random.chance(0.15)) sink(draft, node);
    node = random.pick(nextOf(draft, node))();
  }
  sink(draft, node);
};

type Choices = readonly [() => string, ...(() => string)[]];

function nextOf(draft: Draft, node: string): Choices {
  switch (draft.kindOf(node)) {
    case 'stream':
      return nextOfStream(draft, node);
    case 'windowed':
      return nextOfWindows(draft, node);
    default:
      return nextOfTable(draft, node);
  }
}

function nextOfStream(draft: Draft, node: string): Choices {
  const { random, scale } = draft;
  const grouped = (): string => groupStream(draft, node);
  return [
    () => aggregate(draft, grouped()),
    () => aggregate(draft, grouped()),
    () => {
      const window = anyWindow(draft, ['tumbling', 'hopping', 'sliding']);
      return aggregate(draft, grouped(), { window, emit: emission(draft) });
    },
    () => aggregate(draft, grouped(), { window: anyWindow(draft, ['session']) }),
    () => joinStreams(draft, node, stream(draft)),
    () => joinTable(draft, node, table(draft, 'state', random.pick([undefined, undefined, 5 * scale]))),
    () => joinGlobal(draft, node, globalTable(draft)),
    () => draft.add('toTable', node, 'table', { store: draft.fresh('store') }),
    () => statelessStream(draft, node),
  ];
}

function nextOfWindows(draft: Draft, node: string): Choices {
  const plainKey = { ofKey: { part: ['@', 0] } };
  return [
    () => draft.add('toStream', node, 'stream', { key: draft.random.pick([undefined, plainKey]) }),
    () => {
      const grouped = draft.add('groupBy', node, 'groupedTable', { key: plainKey, value: 'keyColonValue' });
      return aggregate(draft, grouped);
    },
    () => suppressLimit(draft, node),
    () => suppressCloses(draft, node),
    () => statelessTable(draft, node),
  ];
}

function nextOfTable(draft: Draft, node: string): Choices {
  return [
    () => draft.add('toStream', node, 'stream', { key: draft.random.pick([undefined, undefined, 'firstChar']) }),
    () => aggregate(draft, groupTable(draft, node)),
    () => joinTables(draft, node, table(draft)),
    () => joinForeign(draft, node, table(draft), 'firstChar'),
    () => suppressLimit(draft, node),
    () => statelessTable(draft, node),
  ];
}

export const families: Readonly<Record<string, Family>> = {
  stateless,
  aggregate: aggregation,
  'table-aggregate': tableAggregation,
  windows,
  session,
  suppress,
  'stream-stream-join': streamStreamJoin,
  'table-table-join': tableTableJoin,
  'fk-join': foreignKeyJoin,
  'stream-table-join': streamTableJoin,
  versioned,
  global,
  cogroup,
  processor,
  chained,
};
