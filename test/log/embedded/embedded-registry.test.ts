import { expect, test } from 'vitest';
import { incompatibility } from '../../../src/serde/avro/compatibility.ts';
import { registryConformance } from '../../serde/registry/conformance.ts';
import { temporaryLog, temporaryPath } from './temporary-log.ts';

registryConformance('embedded', async () => (await temporaryLog()).registry(incompatibility));

test('two processes share the schemas of a log', async () => {
  const path = temporaryPath();
  const [one, other] = [await temporaryLog({}, path), await temporaryLog({}, path)];
  const id = await one.registry(incompatibility).register('s', 'string');
  const registry = other.registry(incompatibility);
  expect(await registry.latest('s')).toEqual({ id, schema: 'string' });
  expect(await registry.register('s', 'string')).toBe(id);
});
