import {
  filter,
  filterNot,
  flatMap,
  flatMapValues,
  groupBy,
  groupByKey,
  map,
  mapValues,
  merge,
  repartition,
  selectKey,
  split,
  string,
  toTable,
} from '../../../src/index.ts';
import {
  type Context,
  type Family,
  type GroupedStream,
  inputOf,
  inputsOf,
  keyValue,
  need,
  plainTable,
  type Stream,
  text,
  topicName,
  versionedOf,
} from './context.ts';
import { expansion, predicate, scalar } from './functions.ts';
import type { NodeSpec, Text } from './scenario.ts';

/** Operators on streams without state of their own, and the steps that group them or make them tables. */
export const stateless: Family = {
  filter: (context, node) => {
    const test = predicate(need(node, 'predicate'));
    context.set(node.id, context.stream(inputOf(node)).pipe(filter((value, key) => test(key, value))));
  },
  filterNot: (context, node) => {
    const test = predicate(need(node, 'predicate'));
    context.set(node.id, context.stream(inputOf(node)).pipe(filterNot((value, key) => test(key, value))));
  },
  map: (context, node) => {
    const [key, value] = [scalar(need(node, 'key')), scalar(need(node, 'value'))];
    context.set(node.id, context.stream(inputOf(node)).pipe(map((v, k) => [key(k, v), value(k, v)])));
  },
  mapValues: (context, node) => {
    const fn = scalar(need(node, 'fn'));
    context.set(node.id, context.stream(inputOf(node)).pipe(mapValues((value, key) => fn(key, value))));
  },
  selectKey: (context, node) => {
    const key = scalar(need(node, 'key'));
    context.set(node.id, context.stream(inputOf(node)).pipe(selectKey((v, k) => key(k, v))));
  },
  flatMap: (context, node) => {
    const expand = expansion(need(node, 'fn'));
    context.set(node.id, context.stream(inputOf(node)).pipe(flatMap((v, k) => expand(k, v))));
  },
  flatMapValues: (context, node) => {
    const expand = expansion(need(node, 'fn'));
    const values = (v: Text, k: Text): Text[] => expand(k, v).map(([, value]) => value);
    context.set(node.id, context.stream(inputOf(node)).pipe(flatMapValues(values)));
  },
  merge: (context, node) => {
    const [first, ...others] = inputsOf(node).map((id) => context.stream(id));
    if (first === undefined) throw new Error(`${node.id} merges nothing`);
    context.set(
      node.id,
      others.reduce((merged, other) => merged.pipe(merge(other)), first),
    );
  },
  split: (context, node) => {
    const branches = need(node, 'branches').map(({ id, predicate: spec }) => {
      const test = predicate(spec);
      return [id, (value: Text, key: Text) => test(key, value)] as const;
    });
    const streams = context
      .stream(inputOf(node))
      .pipe(split<Stream, string, string>(Object.fromEntries(branches), node.default));
    for (const [id, stream] of Object.entries(streams)) context.set(id, stream);
  },
  repartition: (context, node) => {
    context.set(node.id, context.stream(inputOf(node)).pipe(repartition(topicName(node), keyValue)));
  },
  toTable: (context, node) => {
    const table = context
      .stream(inputOf(node))
      .pipe(toTable(need(node, 'store'), { ...keyValue, ...versionedOf(node) }));
    context.set(node.id, plainTable(table));
  },
  groupByKey: (context, node) => {
    const grouped = context.stream(inputOf(node)).pipe(groupByKey({ name: topicName(node), ...keyValue }));
    context.set(node.id, grouped as GroupedStream);
  },
  groupBy: groupStream,
};

function groupStream(context: Context, node: NodeSpec): void {
  const key = scalar(need(node, 'key'));
  const stream = context.stream(inputOf(node));
  context.set(node.id, stream.pipe(groupBy(topicName(node), (v, k) => key(k, v), { key: string(), value: text })));
}
