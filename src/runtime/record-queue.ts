import type { FetchedPartition } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';

/** The fetched and not yet processed records of one input partition. */
export class RecordQueue {
  readonly topic: string;
  readonly partition: number;
  #chunks: (readonly FetchedRecord[])[] = [];
  #at = 0;
  #length = 0;
  /** The next offset to fetch. */
  #position: number;
  /** One past the last record that the log had when it was last asked. */
  #end: number;
  /** Offset after the last processed record; up to it the work is done. */
  #done: number;
  /** The largest timestamp processed (partition time). */
  time = -1;
  /** Records taken whose work is not done, and the time before each. */
  readonly #held: { readonly offset: number; readonly time: number }[] = [];

  constructor(input: { topic: string; partition: number; position: number; end: number }) {
    this.topic = input.topic;
    this.partition = input.partition;
    this.#position = input.position;
    this.#done = input.position;
    this.#end = input.end;
  }

  get length(): number {
    return this.#length;
  }

  /** True where the log is known to have more than what waits here: an empty queue is then worth waiting for. */
  get lagging(): boolean {
    return this.#position < this.#end;
  }

  /** What a commit may say: everything before it is processed. Passes control records too, once nothing waits. */
  get done(): number {
    const [first] = this.#held;
    if (first !== undefined) return first.offset;
    return this.#length === 0 ? this.#position : this.#done;
  }

  /** The largest timestamp of what is done. */
  get doneTime(): number {
    return this.#held[0]?.time ?? this.time;
  }

  /** Holds back the head: it is not done before `release`. Records are released in the order in which they are held. */
  hold(): void {
    const record = this.head();
    if (record !== undefined) this.#held.push({ offset: record.offset, time: this.time });
  }

  /** The oldest record that is held back is done. */
  release(): void {
    this.#held.shift();
  }

  /** Records that the log had, when last asked, and that are not processed. */
  get lag(): number {
    return Math.max(0, this.#end - this.done);
  }

  push(fetched: FetchedPartition): void {
    if (fetched.records.length > 0) {
      this.#chunks.push(fetched.records);
      this.#length += fetched.records.length;
    }
    this.#position = fetched.position;
    this.#end = Math.max(fetched.end, fetched.position);
  }

  head(): FetchedRecord | undefined {
    return this.#chunks[0]?.[this.#at];
  }

  /** Takes the head, which then counts as processed. `time` is its event time. */
  shift(time: number): void {
    const chunk = this.#chunks[0];
    const record = chunk?.[this.#at];
    if (chunk === undefined || record === undefined) return;
    this.#done = record.offset + 1;
    if (time > this.time) this.time = time;
    this.#length--;
    if (++this.#at === chunk.length) {
      this.#chunks.shift();
      this.#at = 0;
    }
  }
}
