import { count, groupByKey, string, topology } from '../../src/index.ts';

/** For `millrace run FILE`: payments of each order, whatever is in them. */
export const counting = topology('counting', (flow) => {
  flow.stream('payments', { key: string(), value: string() }).pipe(groupByKey(), count('payments-per-order'));
});
