import { string, suppress, untilTimeLimit, untilWindowCloses } from '../../../src/index.ts';
import type { UntilTimeLimit } from '../../../src/operators/suppress.ts';
import { type Family, inputOf, need, type Table, topicName } from './context.ts';
import type { NodeSpec } from './scenario.ts';

export const suppression: Family = {
  suppress: (context, node) => {
    const { table, ...rest } = context.table(inputOf(node));
    // Scenarios wait for windows to close only where the keys are windows.
    const until = untilOf(node) as UntilTimeLimit;
    context.set(node.id, {
      ...rest,
      table: table.pipe(suppress(topicName(node), until, { value: string() })) as Table['table'],
    });
  },
};

function untilOf(node: NodeSpec) {
  if (need(node, 'until') === 'windowCloses') return untilWindowCloses();
  return untilTimeLimit(need(node, 'ms'), node.maxRecords === undefined ? {} : { maxRecords: node.maxRecords });
}
