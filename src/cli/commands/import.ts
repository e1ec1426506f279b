import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { ensureTopics, openToldEngine } from '../engine.ts';
import { EventWriter } from '../event-writer.ts';
import { exampleLines } from '../example-lines.ts';
import { importFile } from '../import-file.ts';
import { fileSize } from '../read-lines.ts';
import { partitionsOption } from '../shared-options.ts';
import { asShopTopic } from '../shop-topic.ts';

export const importFiles = defineCommand({
  arguments: 'TOPIC FILE…',
  description:
    "Reads a shop's events, one JSON object a line, from files (.gz too) and writes them to a topic: orders, payments, shipments, cancellations or clicks. Amounts may have decimals; they are kept exactly, in cents.",
  options: {
    onError: z
      .enum(['stop', 'skip', 'dead-letter'])
      .default('stop')
      .meta({ description: 'what to do at a line that is no event; dead-letter: it goes to <TOPIC>-dead-letters' }),
    partitions: partitionsOption,
  },
  examples: [
    'millrace import orders orders.ndjson.gz',
    'millrace import payments may.ndjson june.ndjson --on-error skip',
  ],
  notes: ['A line of each topic:', ...Object.entries(exampleLines).map(([topic, line]) => `  ${topic}: ${line}`)],
  async run({ args, options, settings, stderr, signal }) {
    const [name = '', ...paths] = args;
    const topic = asShopTopic(name);
    for (const path of paths) fileSize(path);
    const deadLetterTopic = options.onError === 'dead-letter' ? `${topic}-dead-letters` : undefined;
    const engine = await openToldEngine(settings, { stderr });
    try {
      await ensureTopics(engine.log, [topic], options.partitions);
      if (deadLetterTopic !== undefined) await ensureTopics(engine.log, [deadLetterTopic], 1);
      const writer = await EventWriter.open(engine, [topic]);
      let bad = 0;
      try {
        for (const path of paths) {
          bad += await importFile({ topic, path, writer, stderr, signal, onError: options.onError, deadLetterTopic });
        }
        await writer.commit();
      } finally {
        await writer.close();
        const badText = bad === 0 ? '' : `; ${bad} bad line${bad === 1 ? '' : 's'}`;
        await stderr.write(`${topic}: ${writer.committed} events written${badText}\n`);
      }
    } finally {
      await engine.close();
    }
  },
});
