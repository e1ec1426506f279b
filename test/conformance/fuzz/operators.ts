/** Adds random operators of each kind to a draft. Each function gives the id of what it added. */
import type { Window } from '../interpreter/scenario.ts';
import type { Arguments, Draft, Kind, Style } from './draft.ts';
import { anyJoiner, keyFunction, mostly, pairsExpansion, valueFunction, valuesExpansion } from './random-functions.ts';

const DAY = 86_400_000;

// --- sources and sinks

export function stream(draft: Draft, style: Style = 'event'): string {
  if (draft.random.chance(0.08))
    return draft.add('stream', undefined, 'stream', { topics: [draft.topic(style), draft.topic(style)] });
  return draft.add('stream', undefined, 'stream', { topic: draft.topic(style) });
}

export function table(draft: Draft, style: Style = 'state', versioned?: number): string {
  const topic = draft.topic(style);
  return draft.add('table', undefined, versioned === undefined ? 'table' : 'versioned', {
    topic,
    store: draft.fresh('store'),
    ...history(draft, versioned),
  });
}

export function history(draft: Draft, versioned?: number): Arguments {
  if (versioned === undefined) return {};
  const times = Array.from({ length: 4 }, () => draft.random.whole(0, 12 * draft.scale));
  return { versioned, asOf: [...new Set(times)].sort((a, b) => a - b) };
}

export function globalTable(draft: Draft): string {
  return draft.add('globalTable', undefined, 'global', { topic: draft.topic('state'), store: draft.fresh('store') });
}

export function sink(draft: Draft, node: string): void {
  const from = draft.kindOf(node) === 'stream' ? node : draft.add('toStream', node, 'stream');
  draft.add('to', from, 'stream', { topic: draft.fresh('out') });
}

// --- stateless

const REKEYING = ['selectKey', 'map', 'flatMap', 'repartition'];

export function statelessStream(draft: Draft, node: string, rekey = true): string {
  const { random } = draft;
  const drawn = random.pick([
    'filter',
    'mapValues',
    'mapValues',
    'flatMapValues',
    'processValues',
    'merge',
    'selectKey',
    'map',
    'flatMap',
    'repartition',
  ]);
  const op = !rekey && REKEYING.includes(drawn) ? 'mapValues' : drawn;
  switch (op) {
    case 'filter': {
      const { op: one, predicate } = mostly(random);
      return draft.add(one, node, 'stream', { predicate });
    }
    case 'mapValues':
      return draft.add(op, node, 'stream', { fn: valueFunction(random) });
    case 'flatMapValues':
      return draft.add(op, node, 'stream', { fn: valuesExpansion(random) });
    case 'processValues':
      return draft.add(op, node, 'stream', { processor: 'timestamps' });
    case 'merge':
      return draft.add(op, [node, stream(draft)], 'stream');
    case 'selectKey':
      return draft.add(op, node, 'stream', { key: keyFunction(random) });
    case 'map':
      return draft.add(op, node, 'stream', { key: keyFunction(random), value: valueFunction(random) });
    case 'flatMap':
      return draft.add(op, node, 'stream', { fn: pairsExpansion(random) });
    default:
      return draft.add('repartition', node, 'stream');
  }
}

export function decorateStream(draft: Draft, node: string, most: number, rekey = true): string {
  let last = node;
  for (let left = draft.random.whole(0, most); left > 0; left--) last = statelessStream(draft, last, rekey);
  return last;
}

export function statelessTable(draft: Draft, node: string): string {
  const { random } = draft;
  const kind = draft.kindOf(node);
  const store = kind === 'table' && random.chance(0.4) ? draft.fresh('store') : undefined;
  if (random.chance(0.5)) return draft.add('mapValues', node, kind, { fn: valueFunction(random), store });
  const { op, predicate } = mostly(random);
  return draft.add(op, node, kind, { predicate, store });
}

export function decorateTable(draft: Draft, node: string, most = 1): string {
  let last = node;
  for (let left = draft.random.whole(0, most); left > 0; left--) last = statelessTable(draft, last);
  return last;
}

// --- aggregations

export function groupStream(draft: Draft, node: string): string {
  if (draft.random.chance(0.6)) return draft.add('groupByKey', node, 'groupedStream');
  return draft.add('groupBy', node, 'groupedStream', { key: keyFunction(draft.random) });
}

export function groupTable(draft: Draft, node: string): string {
  const { random } = draft;
  const key = random.pick([
    'firstChar',
    'lastChar',
    'value',
    { charSumMod: 2 },
    { const: 'all' },
    'key',
    { chain: ['firstChar', { nullIf: 'c' }] },
  ]);
  const value = random.pick([undefined, undefined, 'keyColonValue', 'length', { nullIfContains: 'a' }]);
  return draft.add('groupBy', node, 'groupedTable', { key, value });
}

export function anyWindow(draft: Draft, types: readonly [Window['type'], ...Window['type'][]]): Window {
  const { random, scale } = draft;
  const type = random.pick(types);
  const grace = random.pick([0, 0, Math.floor(scale / 2), scale, 3 * scale]);
  switch (type) {
    case 'tumbling':
      return { type, size: scale, grace };
    case 'hopping': {
      const advance = random.pick([Math.max(1, Math.floor(scale / 2)), Math.max(1, Math.floor(scale / 3)), scale - 1]);
      return { type, size: scale, advance, grace };
    }
    case 'sliding':
      return { type, difference: scale, grace };
    case 'unlimited':
      return { type, start: random.pick([0, 0, scale]) };
    case 'session':
      return { type, gap: Math.max(2, Math.floor(scale / 2)), grace };
  }
}

/** Long with emission on close: windows that leave the store before they close are lost in Kafka Streams. */
export function anyRetention(draft: Draft, window: Window, emit?: 'windowClose'): number | undefined {
  if (window.type === 'unlimited') return undefined;
  return emit === undefined && draft.random.chance(0.5) ? undefined : DAY;
}

type AggregationOp = 'count' | 'reduce' | 'aggregate';

export function aggregate(
  draft: Draft,
  grouped: string,
  options: { window?: Window; emit?: 'windowClose' | undefined; op?: AggregationOp } = {},
): string {
  const { random } = draft;
  const { window, emit } = options;
  const op = options.op ?? random.pick(['count', 'reduce', 'aggregate', 'aggregate'] as const);
  const windowing = window && { window, emit, retention: anyRetention(draft, window, emit) };
  const functions = aggregationFunctions(draft, { op, window, ofTable: draft.kindOf(grouped) === 'groupedTable' });
  const kind: Kind = window === undefined ? 'table' : 'windowed';
  return draft.add(op, grouped, kind, { store: draft.fresh('store'), ...windowing, ...functions });
}

function aggregationFunctions(
  { random }: Draft,
  { op, window, ofTable }: { op: AggregationOp; window: Window | undefined; ofTable: boolean },
): Arguments {
  if (op === 'count') return {};
  if (op === 'reduce') {
    if (ofTable) return { reducer: 'plus', subtractor: random.pick(['minus', 'minus', { plusUnless: 'b' }]) };
    const unless = window === undefined ? [{ plusUnless: 'c1' }] : [];
    return { reducer: random.pick(['plus', 'plus', 'last', 'first', 'max', ...unless]) };
  }
  const isSession = window?.type === 'session';
  const adder = random.pick(['plus', 'plus', 'plusWithKey', isSession ? 'plus' : { plusUnless: 'c' }]);
  const init = random.chance(0.15) ? { init: random.pick([null, '', 'i']) } : {};
  const merger = isSession && random.chance(0.2) ? { merger: 'last' } : {};
  const subtractor = ofTable ? { subtractor: random.pick(['minus', 'minus', 'minus', 'drop', 'keep']) } : {};
  return { adder, ...subtractor, ...init, ...merger };
}

export function suppressCloses(draft: Draft, node: string): string {
  return draft.add('suppress', node, 'windowed', { until: 'windowCloses' });
}

export function suppressLimit(draft: Draft, node: string): string {
  const { random, scale } = draft;
  const ms = random.pick([0, Math.floor(scale / 2), scale, 10 * scale]);
  const maxRecords = random.pick([undefined, undefined, 1, 2, 3]);
  return draft.add('suppress', node, draft.kindOf(node), { until: 'timeLimit', ms, maxRecords });
}

// --- joins

type JoinOp = 'join' | 'leftJoin' | 'outerJoin';
const JOINS: readonly [JoinOp, ...JoinOp[]] = ['join', 'leftJoin', 'outerJoin'];
const LEFT_JOINS: readonly [JoinOp, ...JoinOp[]] = ['join', 'leftJoin'];

export function joinStreams(draft: Draft, left: string, right: string): string {
  const { random, scale } = draft;
  const before = random.pick([0, Math.floor(scale / 2), scale, scale]);
  const after = random.pick([before, before, 0, Math.floor(scale / 3), 2 * scale]);
  const window = { before, after: before + after === 0 ? scale : after, grace: random.pick([0, 0, 3, scale]) };
  const op = left === right ? 'join' : random.pick(JOINS);
  return draft.add(op, [left, right], 'stream', { window, joiner: anyJoiner(random, true) });
}

export function joinTables(draft: Draft, left: string, right: string): string {
  const { random } = draft;
  if (draft.areRelated(left, right)) draft.isMisled = true;
  const kind: Kind = draft.kindOf(left) === 'windowed' ? 'windowed' : 'table';
  const store = kind === 'table' && random.chance(0.5) ? draft.fresh('store') : undefined;
  return draft.add(random.pick(JOINS), [left, right], kind, { joiner: anyJoiner(random, false), store });
}

export function joinForeign(
  draft: Draft,
  left: string,
  right: string,
  foreignKey: NonNullable<Arguments['key']>,
): string {
  if (draft.areRelated(left, right)) draft.isMisled = true;
  const op = draft.random.pick(['foreignKeyJoin', 'foreignKeyLeftJoin']);
  const joiner = anyJoiner(draft.random, false);
  return draft.add(op, [left, right], 'table', { foreignKey, joiner, store: draft.fresh('store') });
}

export function joinTable(draft: Draft, left: string, right: string): string {
  const { random, scale } = draft;
  const joiner = anyJoiner(random, true);
  const op = random.pick(LEFT_JOINS);
  if (draft.kindOf(right) !== 'versioned' || random.chance(0.5))
    return draft.add(op, [left, right], 'stream', { joiner });
  // Null keys fail in the buffer of Kafka Streams.
  const keyed = draft.add('filter', left, 'stream', { predicate: 'hasKey' });
  return draft.add(op, [keyed, right], 'stream', { joiner, grace: random.pick([0, 2, Math.floor(scale / 2), scale]) });
}

export function joinGlobal(draft: Draft, left: string, right: string): string {
  const { random } = draft;
  const key = random.pick(['key', 'key', 'firstChar', { const: 'a' }, { chain: ['firstChar', { nullIf: 'b' }] }]);
  return draft.add(random.pick(LEFT_JOINS), [left, right], 'stream', { key, joiner: anyJoiner(random, true) });
}
