import { count, mapValues, reduce, store, string } from '../../../src/index.ts';
import {
  type Context,
  type Family,
  type GroupedStream,
  type GroupedTable,
  inputOf,
  inputsOf,
  need,
  plainTable,
  text,
} from './context.ts';
import { adder, reducer } from './functions.ts';
import type { NodeSpec, Text } from './scenario.ts';
import { aggregateWindows, cogroupWindows, countWindows, reduceWindows } from './windows.ts';

export const aggregations: Family = {
  count: (context, node) => {
    if (node.window !== undefined) return countWindows(context, node);
    const name = need(node, 'store');
    const grouped = context.grouped(inputOf(node));
    const table = grouped.kind === 'grouped-stream' ? grouped.pipe(count(name)) : grouped.pipe(count(name));
    context.set(node.id, plainTable(table.pipe(mapValues((n): Text => String(n)))));
  },
  reduce: (context, node) => {
    if (node.window !== undefined) return reduceWindows(context, node);
    const add = reducer(node.reducer);
    const subtract = reducer(node.subtractor ?? 'minus') as (sofar: string, value: string) => string | null;
    const grouped = context.grouped(inputOf(node));
    const name = need(node, 'store');
    const table =
      grouped.kind === 'grouped-stream'
        ? grouped.pipe(reduce<GroupedStream>(name, { add, value: text }))
        : grouped.pipe(reduce<GroupedTable>(name, { add, subtract, value: string() }));
    context.set(node.id, plainTable(table));
  },
  aggregate: (context, node) => {
    if (node.window !== undefined) return aggregateWindows(context, node);
    const [add, subtract] = [adder(node.adder), adder(node.subtractor ?? 'minus')];
    const rows = store(need(node, 'store'), text);
    const initial = initialOf(node);
    const adding = { initial, add: (a: Text, v: Text, k: Text) => add(k, v, a) };
    const grouped = context.grouped(inputOf(node));
    const table =
      grouped.kind === 'grouped-stream'
        ? grouped.pipe(rows.aggregate<GroupedStream>(adding))
        : grouped.pipe(rows.aggregate<GroupedTable>({ ...adding, subtract: (a, v, k) => subtract(k, v, a) }));
    context.set(node.id, plainTable(table));
  },
  cogroup: (context, node) => {
    if (node.window !== undefined) return cogroupWindows(context, node);
    cogroup(context, node);
  },
};

function cogroup(context: Context, node: NodeSpec): void {
  const rows = store(need(node, 'store'), text);
  const adders = need(node, 'adders');
  const inputs = inputsOf(node).map((id, index) => {
    const add = adder(adders[index]);
    return rows.on(context.groupedStream(id), (a, v, k) => add(k, v, a));
  });
  context.set(node.id, plainTable(rows.cogroup<Text>(initialOf(node), ...inputs)));
}

/** The initial value of an aggregation, which may be null. */
export function initialOf(node: NodeSpec): () => Text {
  const { init = '0' } = node;
  return () => init;
}
