import { describe, expect, it } from 'vitest';
import type { ShopTopic } from '../../src/orders/events.ts';
import { type SimulatedEvent, type SimulatedEventOf, simulate } from '../../src/orders/simulate.ts';

const events = [...simulate({ orders: 3000, seed: 7 })];

function of<T extends ShopTopic>(topic: T): SimulatedEventOf<T>[] {
  return events.filter((event): event is SimulatedEvent & SimulatedEventOf<T> => event.topic === topic);
}

describe('simulate', () => {
  it('gives the same events for the same seed, others for another', () => {
    expect([...simulate({ orders: 3000, seed: 7 })]).toEqual(events);
    expect([...simulate({ orders: 20, seed: 8 })]).not.toEqual([...simulate({ orders: 20, seed: 7 })]);
  });

  it('makes as many orders as asked, each with 1 to 5 items and the sum of them and freight', () => {
    const orders = of('orders');
    expect(new Set(orders.map(({ key }) => key)).size).toBe(3000);
    for (const { event } of orders) {
      const goods = event.items.reduce((sum, item) => sum + item.quantity * item.unit_cents, 0);
      expect(event.items.length).toBeGreaterThanOrEqual(1);
      expect(event.items.length).toBeLessThanOrEqual(5);
      expect([0, 490, 690, 990]).toContain(event.total_cents - goods);
      expect(event.items.every(({ unit_cents }) => unit_cents > 0)).toBe(true);
    }
  });

  it('keys events by their order, clicks by their user, and dates them by their time', () => {
    for (const event of events) {
      expect(event.timestamp).toBe(event.event.timestamp);
      expect(event.key).toBe(event.topic === 'clicks' ? event.event.user_id : event.event.order_id);
    }
  });

  it('pays most orders exactly, by none to three payments', () => {
    const paid = new Map<string, number[]>();
    for (const { event } of of('payments'))
      paid.set(event.order_id, [...(paid.get(event.order_id) ?? []), event.amount_cents]);
    const exact = of('orders').filter(({ event }) => sum(paid.get(event.order_id) ?? []) === event.total_cents).length;
    expect(exact).toBeGreaterThan(2800);
    expect(exact).toBeLessThan(3000);
    expect(paid.size).toBeLessThan(3000);
    expect(Math.max(...[...paid.values()].map((parts) => parts.length))).toBe(3);
  });

  it('delivers most, cancels few', () => {
    const delivered = of('shipments').filter(({ event }) => event.status === 'DELIVERED').length;
    expect(delivered).toBeGreaterThan(2400);
    expect(of('cancellations').length).toBeGreaterThan(20);
    expect(of('cancellations').length).toBeLessThan(200);
  });

  it('has customers who come often', () => {
    const counts = new Map<string, number>();
    for (const { event } of of('orders')) counts.set(event.user_id, (counts.get(event.user_id) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeGreaterThan(50);
    expect(counts.size).toBeGreaterThan(400);
  });

  it('mixes the topics by time, with a few events out of order', () => {
    let latest = 0;
    let late = 0;
    for (const { timestamp } of events) {
      if (timestamp < latest - 60_000) late++;
      latest = Math.max(latest, timestamp);
    }
    expect(late / events.length).toBeGreaterThan(0.002);
    expect(late / events.length).toBeLessThan(0.02);
    expect(events.slice(0, 2000).some(({ topic }) => topic === 'shipments')).toBe(true);
  });

  it('leaves clicks out when asked, and makes nothing of no orders', () => {
    expect([...simulate({ orders: 50, clicks: false })].some(({ topic }) => topic === 'clicks')).toBe(false);
    expect([...simulate({ orders: 0 })]).toEqual([]);
  });
});

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
