import { defineCommand } from '../command.ts';
import { openEngine } from '../engine.ts';
import { formatOption, printRows } from '../row-format.ts';

interface TopicRow {
  readonly topic: string;
  readonly partitions: number;
  readonly records: number;
}

export const topics = defineCommand({
  arguments: '',
  description:
    'Lists the topics of the log, with their partitions and how many offsets they span: the number of their records, where nothing was compacted and no transactions end.',
  options: { format: formatOption },
  examples: ['millrace topics', 'millrace topics --format ndjson'],
  async run({ options, settings, stdout }) {
    const engine = await openEngine(settings, { mustExist: true });
    try {
      const found = (await engine.log.topics()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const all = found.flatMap(({ name: topic, partitions }) =>
        Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
      );
      const earliest = totals(await engine.log.offsets(all, 'earliest'));
      const ends = totals(await engine.log.offsets(all, 'end'));
      const rows = found.map(({ name, partitions }): TopicRow => {
        const records = (ends.get(name) ?? 0) - (earliest.get(name) ?? 0);
        return { topic: name, partitions, records };
      });
      const columns = ['topic', 'partitions', 'records'];
      await printRows(stdout, options.format, { rows, columns, cells: Object.entries, json: (row) => row });
    } finally {
      await engine.close();
    }
  },
});

function totals(positions: readonly { topic: string; offset: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { topic, offset } of positions) sums.set(topic, (sums.get(topic) ?? 0) + offset);
  return sums;
}
