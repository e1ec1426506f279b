import { describe, expect, test } from 'vitest';
import { MemoryRegistry } from '../../../src/serde/registry/memory-registry.ts';
import { registryConformance } from './conformance.ts';

registryConformance('in memory', async () => new MemoryRegistry());

const USER = { type: 'record', name: 'User', namespace: 'n', fields: [{ name: 'id', type: 'long' }] } as const;

describe('a memory registry with given schemas', () => {
  const registry = (): MemoryRegistry => new MemoryRegistry([{ id: 41, schema: USER }]);

  test('gives the id of a schema that is the same', async () => {
    expect(await registry().register('users-value', USER)).toBe(41);
  });

  test('gives the id of a schema that is the same on the wire', async () => {
    const time = { type: 'long', logicalType: 'timestamp-millis' };
    const documented = { ...USER, doc: 'A user.', fields: [{ name: 'id', type: time, doc: 'When.' }] };
    expect(await registry().register('users-value', documented)).toBe(41);
  });

  test('gives another id to a schema of another name or form', async () => {
    const some = registry();
    expect(await some.register('a-value', { ...USER, namespace: 'other' })).toBe(42);
    expect(await some.register('b-value', { ...USER, fields: [{ name: 'id', type: 'int' }] })).toBe(43);
  });
});
