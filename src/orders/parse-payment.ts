import type { PaymentReceived } from '../topologies/schemas/payment-received.ts';
import { centsOf, textOf, timeOf } from './shop-fields.ts';
import { parseShopLine } from './shop-json.ts';

/** A payment, from a shop's JSON line: payment_id, order_id, amount, method, timestamp. Throws EVENT_INVALID. */
export function parsePayment(line: string): PaymentReceived {
  const payment = parseShopLine(line);
  return {
    payment_id: textOf(payment, 'payment_id'),
    order_id: textOf(payment, 'order_id'),
    amount_cents: centsOf(payment, 'amount'),
    method: textOf(payment, 'method'),
    timestamp: timeOf(payment, 'timestamp'),
  };
}
