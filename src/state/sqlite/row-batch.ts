import type { Statement } from 'better-sqlite3';
import type { SqlValue } from '../../serde/serde.ts';

/** SQLite's limit of parameters in one statement. */
const MAX_PARAMETERS = 32_766;

/** Gathers the parameters of many rows and runs them with few statements: a quarter of the cost of one a row. */
export class RowBatch {
  /** Of the rows not yet run. Add a row's worth, then call `rowAdded`. */
  readonly parameters: SqlValue[] = [];
  readonly #width: number;
  readonly #sizes: readonly number[];
  readonly #most: number;
  readonly #statement: (rows: number) => Statement<[SqlValue[]]>;

  /** `width` is the number of parameters of a row; `statement` gives the one for a number of rows. */
  constructor(width: number, statement: (rows: number) => Statement<[SqlValue[]]>) {
    this.#width = width;
    this.#most = Math.max(1, Math.min(50, Math.floor(MAX_PARAMETERS / width)));
    this.#sizes = [this.#most, 10, 1].filter((size) => size <= this.#most);
    this.#statement = statement;
  }

  rowAdded(): void {
    if (this.parameters.length < this.#most * this.#width) return;
    this.#statement(this.#most).run(this.parameters);
    this.parameters.length = 0;
  }

  /** Runs what is left, with the largest statements that fit. */
  flush(): void {
    let at = 0;
    for (const size of this.#sizes) {
      const step = size * this.#width;
      for (; at + step <= this.parameters.length; at += step) {
        this.#statement(size).run(this.parameters.slice(at, at + step));
      }
    }
    this.parameters.length = 0;
  }
}
