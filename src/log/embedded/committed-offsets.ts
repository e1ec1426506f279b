import type { Position, TopicPartition } from '../port.ts';
import type { LogFile, Statement } from './log-file.ts';

/** How far groups have come. */
export class CommittedOffsets {
  readonly #get: Statement<[string, string, number], number>;
  readonly #set: Statement<[string, string, number, number, number]>;

  constructor(file: LogFile) {
    this.#get = file
      .prepare<[string, string, number], number>(
        'SELECT position FROM committed_offsets WHERE group_name = ? AND topic = ? AND partition = ?',
      )
      .pluck();
    this.#set = file.prepare(
      `INSERT INTO committed_offsets (group_name, topic, partition, position, committed_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET position = excluded.position, committed_at = excluded.committed_at`,
    );
  }

  /** Partitions without a commit are left out. */
  get(group: string, partitions: readonly TopicPartition[]): Position[] {
    return partitions.flatMap(({ topic, partition }) => {
      const offset = this.#get.get(group, topic, partition);
      return offset === undefined ? [] : [{ topic, partition, offset }];
    });
  }

  /** Called inside a write transaction. */
  set(group: string, positions: readonly Position[]): void {
    const now = Date.now();
    for (const { topic, partition, offset } of positions) this.#set.run(group, topic, partition, offset, now);
  }
}
