import { afterAll, beforeAll, describe } from 'vitest';
import { type RegistryServer, startRegistry } from '../../scripts/lib/registry-server.ts';
import { canStartServers } from './servers.ts';

/** Gives the running registry; only to be called inside tests and hooks. */
export type GetRegistry = () => RegistryServer;

/** A describe block with one schema registry for all its tests, left out (loudly) where it cannot be started. */
export function describeWithRegistry(name: string, body: (registry: GetRegistry) => void): void {
  describe.skipIf(!canStartServers(name))(name, () => {
    let server: RegistryServer | undefined;
    beforeAll(async () => {
      server = await startRegistry();
    });
    afterAll(() => server?.stop());
    body(() => {
      if (server === undefined) throw new Error('The registry has not been started yet: ask for it inside a test.');
      return server;
    });
  });
}
