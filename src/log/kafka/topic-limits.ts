import { ConfigResourceTypes, describeConfigsV4, ResponseError } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';

type Response = ReturnType<typeof describeConfigsV4.parseResponse>;

const LIMIT = 'max.message.bytes';

/**
 * Asks how large a batch each topic takes, so that a record that is too large is refused when it is appended, and not,
 * with all others of its transaction, by the broker. Where it may not be asked, the broker has the last word.
 */
export async function learnLimits(cluster: Cluster, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  try {
    for (const { resourceName, configs } of (await describe(cluster, topics)).results) {
      const limit = Number(configs.find(({ name }) => name === LIMIT)?.value ?? Number.NaN);
      if (limit > 0) cluster.limits.set(resourceName, limit);
    }
  } catch {
    // Nothing of what follows needs it.
  }
}

async function describe(cluster: Cluster, topics: readonly string[]): Promise<Response> {
  const resourceType = ConfigResourceTypes.TOPIC;
  const asked = topics.map((resourceName) => ({ resourceType, resourceName, configurationKeys: [LIMIT] }));
  try {
    return await describeConfigsV4.api.async(await cluster.any(), asked, false, false);
  } catch (error) {
    // Refused for one topic, it is still good for the others; the library keeps the answer in its error, untyped.
    if (error instanceof ResponseError) return error['response'] as Response;
    throw error;
  }
}
