import { to } from '../../../src/index.ts';
import { type Context, type Family, inputOf, keyValue, need, plainTable, Unsupported } from './context.ts';
import type { NodeSpec } from './scenario.ts';

export const sources: Family = {
  stream: (context, node) => {
    if (node.topics !== undefined) throw new Unsupported('stream of several topics');
    context.set(node.id, context.flow.stream(need(node, 'topic'), keyValue));
  },
  table: (context, node) => {
    if (node.versioned !== undefined) throw new Unsupported('table, versioned');
    const name = need(node, 'store');
    context.set(node.id, plainTable(context.flow.table(need(node, 'topic'), { ...keyValue, name })));
  },
  globalTable: () => {
    throw new Unsupported('globalTable');
  },
  to: sink,
};

function sink(context: Context, node: NodeSpec): void {
  if (node.topicFrom !== undefined) throw new Unsupported('to, topicFrom');
  context.stream(inputOf(node)).pipe(to(need(node, 'topic'), keyValue));
}
