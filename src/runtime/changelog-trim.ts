import type { SealedTime } from '../state/timed-store.ts';

interface Part extends SealedTime {
  /** The offset after its last record. */
  readonly end: number;
}

/**
 * How far the changelog of a timed store may be cut off: a part of it, once all rows in it are too old. Nobody reads them
 * again, and each part begins with all marks of the store. Without that a topic would keep a row of each window for ever,
 * or need a second record to delete each of them. To go by the broker's own clock (`retention.ms`) would not do: events
 * that are older than it would be deleted at once, with the state they make.
 *
 * What was written before this task was opened goes with the first part.
 */
export class ChangelogTrim {
  readonly #retentionMs: number;
  /** In the order of the log. */
  readonly #parts: Part[] = [];

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs;
  }

  /** A commit has written records up to an offset; no row in it is of a later time than `newest`. */
  written(sealed: SealedTime, end: number): void {
    if (this.#parts.at(-1)?.part === sealed.part) this.#parts.pop();
    this.#parts.push({ ...sealed, end });
  }

  /** The offset before which nothing is needed any more, once; undefined where nothing is new. */
  take(): number | undefined {
    const horizon = (this.#parts.at(-1)?.newest ?? 0) - this.#retentionMs;
    const kept = this.#parts.findIndex(({ newest }) => newest > horizon);
    const [last] = this.#parts.splice(0, Math.max(0, kept)).slice(-1);
    return last?.end;
  }
}
