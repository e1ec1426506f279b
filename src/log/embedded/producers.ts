import { failure } from '../../errors.ts';
import type { LogFile, Statement } from './log-file.ts';

/** Transactional ids and the epoch of who holds each. Called inside a write transaction. */
export class Producers {
  readonly #raise: Statement<[string], number>;
  readonly #epoch: Statement<[string], number>;

  constructor(file: LogFile) {
    this.#raise = file
      .prepare<[string], number>(
        `INSERT INTO producers (transactional_id, epoch) VALUES (?, 0)
         ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING epoch`,
      )
      .pluck();
    this.#epoch = file.prepare<[string], number>('SELECT epoch FROM producers WHERE transactional_id = ?').pluck();
  }

  /** Takes the id over: who held it before is fenced from now on. Returns the new epoch. */
  open(transactionalId: string): number {
    return this.#raise.get(transactionalId) ?? 0;
  }

  /** Throws FENCED. */
  check(transactionalId: string, epoch: number): void {
    const current = this.#epoch.get(transactionalId);
    if (current === epoch) return;
    throw failure('FENCED', {
      who: `Producer ${transactionalId}`,
      reason: `it has epoch ${epoch}, the log ${current}`,
    });
  }
}
