import { apiVersionsV3 } from '@platformatic/kafka';
import { failure } from '../../errors.ts';
import type { Cluster } from './cluster.ts';

export const FEATURES = {
  transactions: { name: 'transaction.version', level: 2, since: 'Kafka 4.0', need: 'transactions of protocol 2' },
  streams: { name: 'streams.version', level: 1, since: 'Kafka 4.2', need: 'the streams group protocol' },
} as const;

export type Feature = (typeof FEATURES)[keyof typeof FEATURES];

/** Throws BROKER_TOO_OLD where the cluster has a feature not switched on. */
export async function requireFeature(cluster: Cluster, { name, level, since, need }: Feature): Promise<void> {
  const { finalizedFeatures = [] } = await apiVersionsV3.api.async(await cluster.any(), 'millrace', '0.1');
  const found = finalizedFeatures.find((feature) => feature.name === name)?.maxVersionLevel ?? 0;
  if (found < level) throw failure('BROKER_TOO_OLD', { feature: name, level, found, since, need });
}
