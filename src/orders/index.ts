/** The public face of the shop beside its pipeline: how a web shop publishes its events, and made-up events. */

export type { ShopTopic, ShopTopics } from './events.ts';
export { createOrderPublisher, type OrderPublisher } from './order-publisher.ts';
export { type ShopEvent, shopEvents } from './shop-events.ts';
export { simulate } from './simulate.ts';
