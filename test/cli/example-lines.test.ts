import { expect, it } from 'vitest';
import { exampleLines } from '../../src/cli/example-lines.ts';
import { shopTopics } from '../../src/cli/shop-topic.ts';
import { shopEvents } from '../../src/orders/shop-events.ts';

it.each(shopTopics)('the line of %s that help shows is an event', (topic) => {
  expect(shopEvents[topic].parse(exampleLines[topic]).timestamp).toBeGreaterThan(0);
});
