import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { ensureTopics, openToldEngine } from '../engine.ts';
import { EventWriter } from '../event-writer.ts';
import { partitionsOption, seedOption } from '../shared-options.ts';
import { shopTopics } from '../shop-topic.ts';
import { writeSimulation } from '../write-simulation.ts';

export const simulateShop = defineCommand({
  arguments: '',
  description:
    'Writes the events of a made-up shop to its topics: orders, payments, shipments, cancellations, and clicks. The same seed gives the same events.',
  options: {
    orders: z.coerce.number().int().min(0).default(1000).meta({ description: 'how many orders' }),
    seed: seedOption,
    rate: z.coerce
      .number()
      .min(0)
      .default(0)
      .meta({ description: 'events a second; 0: as fast as it goes', value: 'R' }),
    partitions: partitionsOption,
  },
  examples: ['millrace simulate --orders 10000', 'millrace simulate --orders 500 --seed 7 --rate 100'],
  async run({ options, settings, stderr, signal }) {
    const { orders, seed, rate, partitions } = options;
    const engine = await openToldEngine(settings, { stderr });
    try {
      await ensureTopics(engine.log, shopTopics, partitions);
      const writer = await EventWriter.open(engine, shopTopics);
      try {
        await writeSimulation({ orders, seed, rate, writer, stderr, signal });
      } finally {
        await writer.close();
        await stderr.write(`${writer.committed} events written\n`);
      }
    } finally {
      await engine.close();
    }
  },
});
