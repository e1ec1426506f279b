import { describeConfigsV4, incrementalAlterConfigsV1 } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';

const GROUP = 32;
const DEFAULT_CONFIG = 5;
const SET = 0;
const DELAY = 'streams.initial.rebalance.delay.ms';

/**
 * Lets the first member of a new group begin at once. By default the broker waits three seconds for others; but it moves
 * tasks one by one, so who comes later gets its share without a stop for the rest. Where somebody has chosen a delay, for
 * the group or the broker, it stays; where setting it is not allowed, too.
 */
export async function beginAtOnce(cluster: Cluster, group: string): Promise<void> {
  // The package knows the resource types of an older Kafka; groups have been one since 3.8.
  const resource = { resourceType: GROUP as never, resourceName: group };
  try {
    const connection = await cluster.any();
    const asked = { ...resource, configurationKeys: [DELAY] };
    const { results } = await describeConfigsV4.api.async(connection, [asked], false, false);
    const found = results[0]?.configs.find(({ name }) => name === DELAY);
    if (found?.configSource !== DEFAULT_CONFIG) return;
    const configs = [{ name: DELAY, configOperation: SET as never, value: '0' }];
    await incrementalAlterConfigsV1.api.async(connection, [{ ...resource, configs }], false);
  } catch {
    // The default holds: the first start is slower, and that is all.
  }
}
