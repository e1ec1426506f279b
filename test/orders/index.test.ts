import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createOrderPublisher, simulate } from '../../src/orders/index.ts';

test('millrace/orders is an entry of the package', () => {
  const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(exports['./orders'].default).toBe('./dist/orders/index.js');
  expect(createOrderPublisher).toBeTypeOf('function');
  expect([...simulate({ orders: 1, seed: 1 })].length).toBeGreaterThan(0);
});
