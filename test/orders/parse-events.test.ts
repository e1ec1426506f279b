import { describe, expect, it } from 'vitest';
import { shopEvents } from '../../src/orders/shop-events.ts';

const { orders, payments, shipments, cancellations, clicks } = shopEvents;

const order = {
  order_id: 'o1',
  user_id: 'u1',
  items: [{ product_id: 'p1', quantity: 2, unit_price: 39.99 }],
  total_amount: 136.23,
  timestamp: 1473023719000,
};

function line(changes: object): string {
  return JSON.stringify({ ...order, ...changes });
}

describe('parseOrder', () => {
  it('makes the event, amounts in cents', () => {
    expect(orders.parse(line({}))).toEqual({
      order_id: 'o1',
      user_id: 'u1',
      items: [{ product_id: 'p1', quantity: 2, unit_cents: 3999 }],
      total_cents: 13623,
      timestamp: 1473023719000,
    });
  });

  it('reads amounts by their text, where doubles would be wrong', () => {
    const text = line({}).replace('136.23', '90071992547409.91');
    expect(orders.parse(text).total_cents).toBe(9007199254740991);
    expect(orders.parse(line({ total_amount: '136.23' })).total_cents).toBe(13623);
    expect(orders.parse(line({}).replace('136.23', '0.0')).total_cents).toBe(0);
  });

  it('takes an order without items and passes over fields that it does not know', () => {
    expect(orders.parse(line({ items: [], coupon: { a: [1] } })).items).toEqual([]);
  });

  it.each([
    ['order_id', { order_id: undefined }, 'order_id is missing, but must be a text that is not empty'],
    ['an empty key', { order_id: '' }, 'order_id is "", but'],
    ['a broken text', { user_id: '\ud800' }, 'user_id is "\\ud800", but'],
    ['a number for text', { user_id: 12 }, 'user_id is 12, but must be a text that is not empty'],
    ['items', { items: null }, 'items is null, but must be a list'],
    ['an item', { items: [5] }, 'items[0] is 5, but must be an object'],
    [
      'an inner field',
      { items: [order.items[0], { ...order.items[0], unit_price: 1.005 }] },
      'items[1].unit_price is 1.005',
    ],
    [
      'a quantity of none',
      { items: [{ ...order.items[0], quantity: 0 }] },
      'items[0].quantity is 0, but must be a whole number from 1',
    ],
    ['half a quantity', { items: [{ ...order.items[0], quantity: 1.5 }] }, 'items[0].quantity is 1.5'],
    ['a negative amount', { total_amount: -1 }, 'total_amount is -1, but must be an amount that is not negative'],
    ['an amount that is none', { total_amount: 'NaN' }, 'total_amount is "NaN", but must be an amount such as 12.34'],
    ['an amount of another kind', { total_amount: true }, 'total_amount is true'],
    ['no amount', { total_amount: null }, 'total_amount is null'],
    ['a time before 1970', { timestamp: -5 }, 'timestamp is -5, but must be a time in whole milliseconds'],
    ['a time as text', { timestamp: '2020-01-01' }, 'timestamp is "2020-01-01"'],
    ['a time too far', { timestamp: 8.7e15 }, 'timestamp is 8700000000000000'],
  ])('names what is wrong: %s', (_, changes, reason) => {
    expect(() => orders.parse(line(changes))).toThrow(reason);
  });

  it.each([
    ['', 'it is not JSON'],
    ['{"order_id":', 'it is not JSON'],
    ['[]', 'the line is [], but must be an object'],
    ['12', 'the line is 12, but must be an object'],
    ['null', 'the line is null, but must be an object'],
    ['[{"a":1e500}]', 'the line is [{"a":null}], but must be an object'],
  ])('refuses the line %j', (text, reason) => {
    expect(() => orders.parse(text)).toThrow(reason);
  });

  it('refuses JSON nested without end instead of falling over', () => {
    expect(() => orders.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toThrow('it is not JSON');
  });

  it('cuts a long value in its reason', () => {
    expect(() => orders.parse(line({ timestamp: 'x'.repeat(1000) }))).toThrow(/timestamp is "x{59}…, but/);
  });
});

describe('the other events', () => {
  it('a payment', () => {
    const text = '{"payment_id":"o1-1","order_id":"o1","amount":44.23,"method":"credit_card","timestamp":5}';
    const event = payments.parse(text);
    expect(event).toEqual({
      payment_id: 'o1-1',
      order_id: 'o1',
      amount_cents: 4423,
      method: 'credit_card',
      timestamp: 5,
    });
    expect([payments.key(event), payments.timestamp(event)]).toEqual(['o1', 5]);
    expect(() => payments.parse(text.replace('44.23', '44.231'))).toThrow('amount is 44.231');
  });

  it('a shipment', () => {
    const text = '{"order_id":"o1","status":"SHIPPED","timestamp":5}';
    expect(shipments.parse(text)).toEqual({ order_id: 'o1', status: 'SHIPPED', timestamp: 5 });
    expect(() => shipments.parse(text.replace('SHIPPED', 'LOST'))).toThrow(
      'status is "LOST", but must be SHIPPED or DELIVERED',
    );
  });

  it('a cancellation', () => {
    const text = '{"order_id":"o1","reason":"unavailable","timestamp":5}';
    expect(cancellations.parse(text)).toEqual({ order_id: 'o1', reason: 'unavailable', timestamp: 5 });
    expect(() => cancellations.parse('{"order_id":"o1","timestamp":5}')).toThrow('reason is missing');
  });

  it('a click, with and without a product', () => {
    const click = { session_id: 's1', user_id: 'u1', kind: 'VIEW', page: '/', timestamp: 5 };
    expect(clicks.parse(JSON.stringify(click))).toEqual({ ...click, product_id: null });
    expect(clicks.parse(JSON.stringify({ ...click, product_id: 'p1' })).product_id).toBe('p1');
    expect(() => clicks.parse(JSON.stringify({ ...click, product_id: 7 }))).toThrow('product_id is 7');
  });
});
