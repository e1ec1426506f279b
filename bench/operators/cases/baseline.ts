import { to } from '../../../src/index.ts';
import type { OperatorCases } from '../operator-case.ts';
import { lastOrders, orders } from './sources.ts';

/** What a record costs without any operator: it is read, decoded, encoded and written. */
export const baseline = {
  'baseline/stream': { build: (flow) => orders(flow).pipe(to('out')) },
  'baseline/table': { build: (flow) => lastOrders(flow).pipe(to('out')) },
} satisfies OperatorCases;
