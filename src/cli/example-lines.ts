import type { ShopTopic } from '../orders/events.ts';

/** A line of each topic as `import` reads it; other fields are passed over. */
export const exampleLines: Readonly<Record<ShopTopic, string>> = {
  orders:
    '{"order_id":"o1","user_id":"u1","items":[{"product_id":"p1","quantity":2,"unit_price":4.95}],"total_amount":9.90,"timestamp":1700000000000}',
  payments: '{"payment_id":"p1","order_id":"o1","amount":9.90,"method":"card","timestamp":1700000001000}',
  shipments: '{"order_id":"o1","status":"SHIPPED","timestamp":1700000002000}',
  cancellations: '{"order_id":"o1","reason":"unavailable","timestamp":1700000003000}',
  clicks: '{"session_id":"s1","user_id":"u1","kind":"VIEW","page":"/p1","product_id":"p1","timestamp":1700000000000}',
};
