import type { RecordBatch } from '../records/record-batch.ts';
import type { AbortedTransaction } from './fetch-api.ts';

/**
 * Tells which batches of one answer a read_committed reader must not see.
 *
 * The broker lists each aborted transaction that reaches into the answer, by producer and first offset, in the order of
 * the markers. A producer's batches are dead from that offset on, until its abort marker; several producers may be dead
 * at once, and one may die twice. The list is complete for the answer, so nothing is carried over to the next.
 */
export class AbortedFilter {
  readonly #pending: AbortedTransaction[];
  readonly #dead = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#pending = aborted.length < 2 ? [...aborted] : aborted.toSorted((a, b) => b.firstOffset - a.firstOffset);
  }

  /** True if the batch holds records to deliver. Batches must come in the order of the log. */
  lets(batch: RecordBatch): boolean {
    for (let next = this.#pending.at(-1); next !== undefined && next.firstOffset <= batch.lastOffset; ) {
      this.#dead.add(next.producerId);
      this.#pending.pop();
      next = this.#pending.at(-1);
    }
    if (batch.control) {
      if (this.#dead.size > 0 && batch.marker === 'abort') this.#dead.delete(batch.producerId);
      return false;
    }
    return !(batch.transactional && this.#dead.size > 0 && this.#dead.has(batch.producerId));
  }
}
