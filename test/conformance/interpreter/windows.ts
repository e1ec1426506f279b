import {
  count,
  hopping,
  type KTable,
  mapValues,
  reduce,
  session,
  sliding,
  store,
  tumbling,
  unlimited,
  type Windowed,
  type WindowOptions,
  windowedBy,
} from '../../../src/index.ts';
import { type Build, type Context, inputOf, inputsOf, need, type Table, text } from './context.ts';
import { adder, reducer } from './functions.ts';
import type { NodeSpec, Text, Window } from './scenario.ts';

type WindowedTable = KTable<Windowed<unknown>, Text>;

export const countWindows: Build = (context, node) => {
  const grouped = windowed(context, node);
  const table: KTable<Windowed<unknown>, number> = grouped.pipe(count(need(node, 'store')));
  set(context, node, table.pipe(mapValues((n): Text => String(n))));
};

export const reduceWindows: Build = (context, node) => {
  const add = reducer(node.reducer);
  set(context, node, windowed(context, node).pipe(reduce(need(node, 'store'), { add, value: text } as never)));
};

export const aggregateWindows: Build = (context, node) => {
  const add = adder(node.adder);
  const how = { initial: initialOf(node), add: (a: Text, v: Text, k: Text) => add(k, v, a), merge: mergerOf(node) };
  const rows = store(need(node, 'store'), text);
  set(context, node, windowed(context, node).pipe(rows.aggregate(how as never)));
};

export const cogroupWindows: Build = (context, node) => {
  const rows = store(need(node, 'store'), text);
  const adders = need(node, 'adders');
  const inputs = inputsOf(node).map((id, index) => {
    const add = adder(adders[index]);
    return rows.on(context.groupedStream(id), (a, v, k) => add(k, v, a));
  });
  const how = { initial: initialOf(node), merge: mergerOf(node) };
  set(context, node, rows.windowedBy(windowsOf(node), optionsOf(node)).cogroup(how, ...inputs));
};

function windowed(context: Context, node: NodeSpec) {
  return context.groupedStream(inputOf(node)).pipe(windowedBy(windowsOf(node), optionsOf(node)));
}

function optionsOf({ retention, emit }: NodeSpec): WindowOptions<unknown, unknown> {
  return { ...(retention !== undefined && { retention }), ...(emit !== undefined && { emit }) };
}

function windowsOf(node: NodeSpec) {
  const window = windowOf(node);
  const { size = 0, advance = 0, difference = 0, gap = 0, start = 0, grace = 0 } = window;
  switch (window.type) {
    case 'tumbling':
      return tumbling(size, { grace });
    case 'hopping':
      return hopping(size, { advance, grace });
    case 'sliding':
      return sliding(difference, { grace });
    case 'session':
      return session(gap, { grace });
    case 'unlimited':
      return unlimited({ start });
  }
}

function windowOf(node: NodeSpec): Window {
  const window = need(node, 'window');
  if ('type' in window) return window;
  throw new Error(`${node.id} has the window of a join`);
}

function initialOf({ init = '0' }: NodeSpec): () => Text {
  return () => init;
}

function mergerOf({ merger = 'pair' }: NodeSpec): (a: Text, b: Text) => Text {
  return merger === 'last' ? (_, b) => b : (a, b) => `${a}|${b}`;
}

function set(context: Context, node: NodeSpec, table: WindowedTable): void {
  const { type } = windowOf(node);
  const close = type === 'sliding' || type === 'session' ? ']' : ')';
  const keyText = (of: unknown): Text => {
    const { key, start, end } = of as Windowed<Text>;
    return `${key}@[${start},${end === Number.POSITIVE_INFINITY ? 'inf' : end}${close}`;
  };
  // A null value is no row, so a table of `Text` is one of text.
  context.set(node.id, { table: table as unknown as Table['table'], keyText, windowed: true });
}
