import { foreignKeyJoin, foreignKeyLeftJoin, join, type KTable, leftJoin, outerJoin } from '../../../src/index.ts';
import {
  type Build,
  type Context,
  type Family,
  inputsOf,
  keyValue,
  need,
  plainTable,
  type Table,
  text,
  topicName,
} from './context.ts';
import { joiner, scalar } from './functions.ts';
import type { NodeSpec, Text } from './scenario.ts';

type Op = 'join' | 'leftJoin' | 'outerJoin';

export const joins: Family = {
  join: joined('join'),
  leftJoin: joined('leftJoin'),
  outerJoin: joined('outerJoin'),
  foreignKeyJoin: byForeignKey('foreignKeyJoin'),
  foreignKeyLeftJoin: byForeignKey('foreignKeyLeftJoin'),
};

function byForeignKey(op: 'foreignKeyJoin' | 'foreignKeyLeftJoin'): Build {
  return (context, node) => {
    const [left = '', right = ''] = inputsOf(node);
    const pair = joiner(node.joiner);
    const foreignKey = scalar(need(node, 'foreignKey'));
    const options = { name: need(node, 'store'), value: text, otherValue: text };
    const keyOf = (value: Text, key: Text): Text => foreignKey(key, value);
    const join2 = (l: Text, r: Text): Text => pair(null, l, r);
    const [table, other] = [plain(context.table(left)), plain(context.table(right))];
    const result =
      op === 'foreignKeyJoin'
        ? table.pipe(foreignKeyJoin(other, keyOf, join2, options))
        : table.pipe(foreignKeyLeftJoin(other, keyOf, join2, options));
    context.set(node.id, plainTable(result));
  };
}

function joined(op: Op): Build {
  return (context, node) => {
    const [left = '', right = ''] = inputsOf(node);
    if (context.isTable(left)) return joinTables(op, context, node);
    if (context.isTable(right)) return joinStreamTable(op, context, node);
    if (context.isStream(right)) return joinStreams(op, context, node);
    return joinGlobal(op, context, node);
  };
}

function joinTables(op: Op, context: Context, node: NodeSpec): void {
  const [left = '', right = ''] = inputsOf(node);
  const { table, ...rest } = context.table(left);
  const other = context.table(right).table;
  const pair = joiner(node.joiner);
  const both = (l: Text, r: Text): Text => pair(null, l, r);
  const options = node.store === undefined ? undefined : { store: node.store, value: text };
  const result = {
    join: () => table.pipe(join(other, both, options)),
    leftJoin: () => table.pipe(leftJoin(other, both, options)),
    outerJoin: () => table.pipe(outerJoin(other, both, options)),
  }[op]();
  context.set(node.id, { ...rest, table: result as Table['table'] });
}

function joinStreamTable(op: Op, context: Context, node: NodeSpec): void {
  const [left = '', right = ''] = inputsOf(node);
  const pair = joiner(node.joiner);
  const step = (l: Text, r: Text, k: Text): Text => pair(k, l, r);
  const { grace } = node;
  const options = { name: topicName(node), ...keyValue, ...(grace === undefined ? {} : { grace }) };
  const stream = context.stream(left);
  const table = plain(context.table(right));
  const result = op === 'join' ? stream.pipe(join(table, step, options)) : stream.pipe(leftJoin(table, step, options));
  context.set(node.id, result);
}

function joinGlobal(op: Op, context: Context, node: NodeSpec): void {
  const [left = '', right = ''] = inputsOf(node);
  const pair = joiner(node.joiner);
  const step = (l: Text, r: Text, k: Text): Text => pair(k, l, r);
  const keyOf = scalar(need(node, 'key'));
  const of = (value: Text, key: Text): Text => keyOf(key, value);
  const [stream, table] = [context.stream(left), context.global(right)];
  context.set(node.id, op === 'join' ? stream.pipe(join(table, of, step)) : stream.pipe(leftJoin(table, of, step)));
}

function joinStreams(op: Op, context: Context, node: NodeSpec): void {
  const [left = '', right = ''] = inputsOf(node);
  const pair = joiner(node.joiner);
  const step = (l: Text, r: Text, k: Text): Text => pair(k, l, r);
  const { before, after, grace } = need(node, 'window') as { before: number; after: number; grace: number };
  const options = { name: node.id, before, after, grace, ...keyValue, otherValue: text };
  const [stream, other] = [context.stream(left), context.stream(right)];
  const result = {
    join: () => stream.pipe(join(other, step, options)),
    leftJoin: () => stream.pipe(leftJoin(other, step, options)),
    outerJoin: () => stream.pipe(outerJoin(other, step, options)),
  }[op]();
  context.set(node.id, result);
}

/** The other side of a stream is never windowed. */
const plain = ({ table }: Table): KTable<Text, string> => table as KTable<Text, string>;
