import { z } from 'zod';
import type { Position, TopicInfo } from '../../log/port.ts';
import type { FetchedRecord } from '../../log/records/fetched-record.ts';
import { exactJson } from '../../query/exact-json.ts';
import type { Connection } from '../../runtime/connect.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { AnyDecoder } from '../decode-any.ts';
import { openToldEngine } from '../engine.ts';
import { unknownName } from '../unknown-name.ts';

const options = {
  fromBeginning: z.boolean().default(false).meta({ description: 'show what is there already, too' }),
  untilEnd: z.boolean().default(false).meta({ description: 'stop at the last record that is there now' }),
  limit: z.coerce.number().int().min(1).optional().meta({ description: 'stop after so many records' }),
  format: z
    .enum(['text', 'ndjson'])
    .default('text')
    .meta({ description: 'text: partition:offset, time, key and value; ndjson: all of it, an object a line' }),
} as const;

const POLL_MS = 250;

export const tail = defineCommand({
  arguments: 'TOPIC',
  description:
    'Shows the records of a topic as they come, keys and values decoded by the schema registry where they are Avro. Records of transactions that are not committed are not shown.',
  options,
  examples: ['millrace tail order-status', 'millrace tail orders --from-beginning --format ndjson --limit 5'],
  async run(context) {
    const engine = await openToldEngine(context.settings, { stderr: context.stderr, mustExist: true });
    try {
      const [name = ''] = context.args;
      const [topic] = await engine.log.describeTopics([name]);
      if (topic === undefined) {
        const known = (await engine.log.topics()).map((one) => one.name);
        throw unknownName('topic', name, known);
      }
      await follow(context, engine, topic);
    } finally {
      await engine.close();
    }
  },
});

async function follow(context: CommandContext<typeof options>, engine: Connection, topic: TopicInfo): Promise<void> {
  const { fromBeginning, untilEnd, limit = Number.POSITIVE_INFINITY, format } = context.options;
  const { signal, stdout } = context;
  const partitions = Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
  const ends = await engine.log.offsets(partitions, 'stable');
  const start = fromBeginning ? await engine.log.offsets(partitions, 'earliest') : ends;
  const reached = new Map(start.map(({ partition, offset }) => [partition, offset]));
  const decoder = new AnyDecoder(engine.registry);
  const fetcher = engine.log.fetcher();
  fetcher.assign(start);
  try {
    for (let left = limit; left > 0 && !signal.aborted && !(untilEnd && isPast(ends, reached)); ) {
      for (const { partition, records, position } of await fetcher.poll(POLL_MS)) {
        const shown = records.slice(0, left);
        left -= shown.length;
        for (const record of shown)
          await stdout.write(await line(decoder, format, { topic: topic.name, partition, record }));
        reached.set(partition, position);
      }
    }
  } finally {
    await fetcher.close();
  }
}

function isPast(ends: readonly Position[], reached: ReadonlyMap<number, number>): boolean {
  return ends.every(({ partition, offset }) => (reached.get(partition) ?? 0) >= offset);
}

interface Shown {
  readonly topic: string;
  readonly partition: number;
  readonly record: FetchedRecord;
}

async function line(
  decoder: AnyDecoder,
  format: 'text' | 'ndjson',
  { topic, partition, record }: Shown,
): Promise<string> {
  const { offset, timestamp } = record;
  const key = await decoder.decode(topic, 'key', record);
  const value = await decoder.decode(topic, 'value', record);
  const headers = record.headers.map(([name, bytes]) => [name, bytes && Buffer.from(bytes).toString('utf8')]);
  if (format === 'ndjson') return `${exactJson({ topic, partition, offset, timestamp, key, value, headers })}\n`;
  return `${partition}:${offset}  ${new Date(timestamp).toISOString()}  ${plain(key)}  ${plain(value)}\n`;
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : exactJson(value);
  // Control characters of a record must not steer the terminal.
  return text.replaceAll(/\p{Cc}/gu, '·');
}
