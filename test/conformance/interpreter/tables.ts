import { filter, filterNot, groupBy, type KTable, mapValues, string, toStream } from '../../../src/index.ts';
import { type Context, type Family, inputOf, need, type Table, topicName, versionedOf } from './context.ts';
import { predicate, scalar } from './functions.ts';
import type { NodeSpec, Text } from './scenario.ts';

export const tables: Family = {
  filter: (context, node) => filterTable(context, node, filter),
  filterNot: (context, node) => filterTable(context, node, filterNot),
  mapValues: (context, node) => {
    const fn = scalar(need(node, 'fn'));
    const { table, keyText, ...rest } = context.table(inputOf(node));
    const map = (value: string, key: unknown): Text => fn(keyText(key), value);
    const { store } = node;
    const mapped = table.pipe(store === undefined ? mapValues(map) : mapValues(map, { store, value: string() }));
    context.set(node.id, { ...rest, table: mapped as Table['table'], keyText });
  },
  toStream: (context, node) => {
    const { table, windowed, keyText } = context.table(inputOf(node));
    if (node.key === undefined && !windowed) return context.set(node.id, plain(table).pipe(toStream()));
    const key = scalar(node.key ?? 'key');
    context.set(node.id, table.pipe(toStream((v, k) => key(keyText(k), v))));
  },
  groupBy: (context, node) => {
    const [key, value] = [scalar(need(node, 'key')), scalar(node.value ?? 'value')];
    const { table, keyText } = context.table(inputOf(node));
    const grouped = table.pipe(
      groupBy(topicName(node), (v, k) => key(keyText(k), v), {
        key: string(),
        value: string(),
        select: (v, k) => value(keyText(k), v),
      }),
    );
    context.set(node.id, grouped);
  },
};

function filterTable(context: Context, node: NodeSpec, step: typeof filterNot): void {
  const test = predicate(need(node, 'predicate'));
  const { table, keyText, ...rest } = context.table(inputOf(node));
  const passes = (value: string, key: unknown): boolean => test(keyText(key), value);
  const { store } = node;
  const filtered = table.pipe(
    store === undefined ? step(passes) : step(passes, { store, value: string(), ...versionedOf(node) }),
  );
  context.set(node.id, { ...rest, table: filtered, keyText });
}

const plain = (table: Table['table']) => table as KTable<Text, Text>;
