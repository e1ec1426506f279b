import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { avro } from '../../src/serde/avro/avro.ts';
import { OrderCancelled } from '../../src/topologies/schemas/order-cancelled.ts';
import { OrderCreated } from '../../src/topologies/schemas/order-created.ts';
import { OrderStatus } from '../../src/topologies/schemas/order-status.ts';
import { PaymentReceived } from '../../src/topologies/schemas/payment-received.ts';
import { ShipmentUpdated } from '../../src/topologies/schemas/shipment-updated.ts';
import { UserTotals } from '../../src/topologies/schemas/user-totals.ts';

const FOLDER = new URL('../../schemas/', import.meta.url);
const CONSTANTS = { OrderCancelled, OrderCreated, OrderStatus, PaymentReceived, ShipmentUpdated, UserTotals };

test.each(Object.entries(CONSTANTS))('%s is what its .avsc says, and can be used', (name, constant) => {
  const schemas = readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
  expect(schemas.find((schema) => schema.name === name)).toEqual(constant);
  expect(avro(constant).name).toBe(`avro(${name})`);
});
