import { ConfluentRegistry } from '../../../src/serde/registry/confluent-registry.ts';
import { describeWithRegistry } from '../../support/registry-server.ts';
import { registryConformance } from './conformance.ts';

describeWithRegistry('a real registry', (server) => {
  registryConformance('over HTTP', async () => new ConfluentRegistry({ url: server().url }));
});
