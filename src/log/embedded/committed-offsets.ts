import type { CommittedPosition, TopicPartition } from '../port.ts';
import type { LogFile, Statement } from './log-file.ts';

interface Row {
  readonly offset: number;
  readonly time: number | null;
}

/** How far groups have come. */
export class CommittedOffsets {
  readonly #get: Statement<[string, string, number], Row>;
  readonly #set: Statement<[string, string, number, number, number | null, number]>;

  constructor(file: LogFile) {
    this.#get = file.prepare(
      `SELECT position AS offset, partition_time AS time FROM committed_offsets
       WHERE group_name = ? AND topic = ? AND partition = ?`,
    );
    this.#set = file.prepare(
      `INSERT INTO committed_offsets (group_name, topic, partition, position, partition_time, committed_at)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET position = excluded.position, partition_time = excluded.partition_time,
       committed_at = excluded.committed_at`,
    );
  }

  /** Partitions without a commit are left out. */
  get(group: string, partitions: readonly TopicPartition[]): CommittedPosition[] {
    return partitions.flatMap(({ topic, partition }) => {
      const row = this.#get.get(group, topic, partition);
      if (row === undefined) return [];
      const { offset, time } = row;
      return [{ topic, partition, offset, ...(time !== null && { time }) }];
    });
  }

  /** Called inside a write transaction. */
  set(group: string, positions: readonly CommittedPosition[]): void {
    const now = Date.now();
    for (const { topic, partition, offset, time = -1 } of positions)
      this.#set.run(group, topic, partition, offset, time < 0 ? null : time, now);
  }
}
