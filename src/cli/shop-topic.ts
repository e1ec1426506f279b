import type { ShopTopic } from '../orders/events.ts';
import { shopEvents } from '../orders/shop-events.ts';
import { unknownName } from './unknown-name.ts';

// The table's keys are the topics, by its type.
export const shopTopics = Object.keys(shopEvents) as ShopTopic[];

/** Takes a name for a topic of the shop. Throws NAME_UNKNOWN with the nearest one. */
export function asShopTopic(name: string): ShopTopic {
  const found = shopTopics.find((topic) => topic === name);
  if (found === undefined) throw unknownName('topic of the shop', name, shopTopics);
  return found;
}
