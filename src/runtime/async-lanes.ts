import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { StreamRecord } from '../topology/records.ts';
import type { AsyncStep } from '../topology/task-scope.ts';
import { AsyncLane, type Unit } from './async-lane.ts';
import type { ErrorPolicy } from './error-policy.ts';
import type { RecordQueue } from './record-queue.ts';
import type { Timers } from './timers.ts';

/** The asynchronous steps of one task. Most have none, and pay nothing for them. */
export class AsyncLanes {
  readonly #lanes: AsyncLane[] = [];
  readonly #use: { readonly timers: Timers; readonly errors: ErrorPolicy };
  /** The source record that is being processed. */
  #unit: Unit | undefined;

  constructor(use: { timers: Timers; errors: ErrorPolicy }) {
    this.#use = use;
  }

  /** Opens a step; gives the way into it. */
  open(name: string, step: AsyncStep): (record: StreamRecord<unknown, unknown>) => void {
    const lane = new AsyncLane(name, step, this.#use);
    this.#lanes.push(lane);
    return (record) => {
      // The plan gives a step only records that come straight from an input (see `async-isolation.ts`).
      if (this.#unit === undefined) throw new Error(`Bug in Millrace: ${name} got a record that is of no input`);
      lane.enter(record, this.#unit);
    };
  }

  get isFull(): boolean {
    for (const lane of this.#lanes) if (lane.isFull) return true;
    return false;
  }

  get isEmpty(): boolean {
    for (const lane of this.#lanes) if (!lane.isEmpty) return false;
    return true;
  }

  /** A source record is about to be processed. */
  begin(queue: RecordQueue, source: FetchedRecord): void {
    if (this.#lanes.length > 0) this.#unit = { queue, source, entries: [], open: 0 };
  }

  end(): void {
    this.#unit = undefined;
  }

  /** Emits the results that are ready. True where there were any. */
  settle(): boolean {
    let settled = false;
    for (const lane of this.#lanes) settled = lane.settle() || settled;
    return settled;
  }

  async idle(): Promise<void> {
    for (const lane of this.#lanes) await lane.idle();
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
  }
}
