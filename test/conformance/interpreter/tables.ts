import { filter, groupBy, type KTable, mapValues, string, toStream } from '../../../src/index.ts';
import { type Context, type Family, inputOf, need, type Table, topicName, Unsupported } from './context.ts';
import { predicate, scalar } from './functions.ts';
import type { NodeSpec, Text } from './scenario.ts';

export const tables: Family = {
  filter: (context, node) => filterTable(context, node, predicate(need(node, 'predicate'))),
  filterNot: (context, node) => {
    const test = predicate(need(node, 'predicate'));
    filterTable(context, node, (key, value) => !test(key, value));
  },
  mapValues: (context, node) => {
    if (node.store !== undefined) throw new Unsupported('mapValues of a table, with a store');
    const fn = scalar(need(node, 'fn'));
    const { table, keyText, ...rest } = context.table(inputOf(node));
    const mapped = table.pipe(mapValues((value, key) => fn(keyText(key), value)));
    context.set(node.id, { ...rest, table: mapped as Table['table'], keyText });
  },
  toStream: (context, node) => {
    const { table, windowed } = context.table(inputOf(node));
    if (node.key !== undefined || windowed) throw new Unsupported('toStream with a new key');
    context.set(node.id, plain(table).pipe(toStream()));
  },
  groupBy: (context, node) => {
    const [key, value] = [scalar(need(node, 'key')), scalar(node.value ?? 'value')];
    const { table, keyText } = context.table(inputOf(node));
    if (node.value !== undefined) throw new Unsupported('groupBy of a table, value');
    void value;
    context.set(
      node.id,
      table.pipe(groupBy(topicName(node), (v, k) => key(keyText(k), v), { key: string(), value: string() })),
    );
  },
};

function filterTable(context: Context, node: NodeSpec, test: (key: Text, value: Text) => boolean): void {
  if (node.store !== undefined) throw new Unsupported('filter of a table, with a store');
  const { table, keyText, ...rest } = context.table(inputOf(node));
  context.set(node.id, { ...rest, table: table.pipe(filter((value, key) => test(keyText(key), value))), keyText });
}

const plain = (table: Table['table']) => table as KTable<Text, Text>;
