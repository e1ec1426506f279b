/** What the outside sees of the state: committed rows, as JSON can show them. `StateReader` is one. */
export interface StoreViews {
  stores(): readonly StoreView[];
  /** The row of a key, written as text or, where the key is a record, as JSON. Throws STORE_UNKNOWN, STORE_KEY_INVALID. */
  get(store: string, key: string): ViewRow | undefined;
  /** Rows in key order. Throws as `get`, and STORE_PREFIX_INVALID. */
  range(store: string, query: ViewRange): Iterable<ViewRow>;
}

export interface StoreView {
  readonly name: string;
}

export interface ViewRow {
  readonly key: unknown;
  /** Integers beyond 2^53 are bigints. */
  readonly value: unknown;
  /** Event time of the record that wrote it, ms. */
  readonly timestamp: number;
}

/** Bounds as somebody typed them, both inclusive. */
export interface ViewRange {
  readonly from?: string;
  readonly to?: string;
  readonly prefix?: string;
  readonly limit?: number;
}
