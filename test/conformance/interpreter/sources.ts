import { to } from '../../../src/index.ts';
import { type Context, type Family, inputOf, keyValue, need, plainTable, versionedOf } from './context.ts';
import { scalar } from './functions.ts';
import type { NodeSpec } from './scenario.ts';

export const sources: Family = {
  stream: (context, node) => {
    context.set(node.id, context.flow.stream(node.topics ?? need(node, 'topic'), keyValue));
  },
  table: (context, node) => {
    const name = need(node, 'store');
    context.set(
      node.id,
      plainTable(context.flow.table(need(node, 'topic'), { ...keyValue, name, ...versionedOf(node) })),
    );
  },
  globalTable: (context, node) => {
    const name = need(node, 'store');
    context.set(node.id, context.flow.globalTable(need(node, 'topic'), { ...keyValue, name }));
  },
  to: sink,
};

function sink(context: Context, node: NodeSpec): void {
  const topic = scalar(node.topicFrom ?? 'null');
  const stream = context.stream(inputOf(node));
  stream.pipe(to(node.topic ?? (({ key, value }) => String(topic(key, value))), keyValue));
}
