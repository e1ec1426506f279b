import { setImmediate as turn } from 'node:timers/promises';
import { type CleanablePartition, Compaction } from './compaction.ts';
import type { Statement } from './log-file.ts';
import type { Tables } from './tables.ts';
import { topicSettings } from './topic-settings.ts';

interface CandidateRow {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly start: number;
  readonly end: number;
  readonly cleanedTo: number;
  readonly config: string;
}

/** Removes what the settings of topics let go: records that are too old, and those with a newer one of their key. */
export class Cleaner {
  readonly #tables: Tables;
  readonly #compaction: Compaction;
  readonly #candidates: Statement<[], CandidateRow>;
  readonly #firstSince: Statement<[number, number], number>;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(tables: Tables) {
    const { file } = tables;
    this.#tables = tables;
    this.#compaction = new Compaction(tables);
    this.#candidates = file.prepare(
      `SELECT p.id, t.name AS topic, p.partition, p.log_start AS start, p.end_offset AS end, p.cleaned_to AS cleanedTo,
       t.config FROM topics t JOIN partitions p ON p.topic_id = t.id WHERE p.end_offset > p.log_start ORDER BY p.id`,
    );
    this.#firstSince = file
      .prepare<[number, number], number>(
        `SELECT base_offset FROM batches WHERE partition_id = ? AND max_timestamp >= ? ORDER BY base_offset LIMIT 1`,
      )
      .pluck();
  }

  /** With `worthwhile`, partitions of which less than half is new are left for later. One cleaning at a time. */
  async clean(options: { worthwhile?: boolean } = {}): Promise<void> {
    await this.#running?.catch(() => undefined);
    this.#running = this.#cleanAll(options.worthwhile ?? false).finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /** Ends a cleaning after the step it is in. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running?.catch(() => undefined);
  }

  async #cleanAll(worthwhile: boolean): Promise<void> {
    for (const row of this.#tables.file.read(() => this.#candidates.all())) {
      if (this.#stopped) return;
      const settings = topicSettings(JSON.parse(row.config));
      if (typeof settings === 'string') continue;
      await this.#expire(row, settings.retentionMs);
      const partition: CleanablePartition = { ...row, settings };
      if (!settings.compact || (worthwhile && !this.#tables.file.read(() => this.#compaction.isWorthwhile(row))))
        continue;
      for await (const _ of this.#compaction.run(partition)) {
        // Other work of this process, and writers of others, come in between the steps.
        await turn();
        if (this.#stopped) return;
      }
    }
  }

  /** Goes by the batches from the start, as Kafka goes by segments: up to the first one with a record that is young. */
  async #expire(row: CandidateRow, retentionMs: number): Promise<void> {
    if (retentionMs === Number.POSITIVE_INFINITY) return;
    const limit = Date.now() - retentionMs;
    const { topic, partition } = row;
    const keepFrom = (): number => this.#firstSince.get(row.id, limit) ?? row.end;
    if (this.#tables.file.read(keepFrom) <= row.start) return;
    await this.#tables.file.write(() => this.#tables.batches.deleteBefore({ topic, partition, offset: keepFrom() }));
  }
}
