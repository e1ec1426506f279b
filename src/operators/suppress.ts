import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import type { Windowed } from '../serde/windowed.ts';
import { identityOf } from '../state/key-identity.ts';
import { timedStore } from '../state/timed-key.ts';
import type { TableFor } from '../topology/fitting.ts';
import type { GraphNode } from '../topology/graph.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { KTable, type TableView } from '../topology/k-table.ts';
import type { TableChange } from '../topology/records.ts';
import type { TaskScope } from '../topology/task-scope.ts';
import { type HeldRow, heldRowSerde } from './internal/held-row-serde.ts';
import { SuppressBuffer } from './internal/suppress-buffer.ts';

export interface BufferLimits {
  /** How many keys may be held back. */
  readonly maxRecords?: number;
  /** How large what is held back may be: the bytes of keys, values and headers as the state file has them. */
  readonly maxBytes?: number;
}

/** Only the last result of each window. */
export interface UntilWindowCloses {
  readonly until: 'windowCloses';
  readonly limits: BufferLimits;
}

/** At most one result of each key in so much time. */
export interface UntilTimeLimit {
  readonly until: 'timeLimit';
  readonly ms: number;
  readonly limits: BufferLimits;
  readonly whenFull: 'emit' | 'shutDown';
}

export interface SuppressOptions<K, V> {
  readonly key?: Serde<K>;
  /** Needed where an operator made new values. */
  readonly value?: Serde<V>;
}

export type Suppression = UntilWindowCloses | UntilTimeLimit;

/** Windows close only where the keys are windows. */
export type SuppressibleFor<In, Until extends Suppression> = Until extends UntilWindowCloses
  ? KeyOf<In> extends Windowed<unknown>
    ? TableFor<In, 'suppress'>
    : 'untilWindowCloses() needs a table of windows: put windowedBy() before the aggregation, or use untilTimeLimit()'
  : TableFor<In, 'suppress'>;

/**
 * Holds back the results of each window until it is closed, so that only the last one comes out; windows whose last
 * result is a deletion give none. More than the limits allow stops the worker (SUPPRESS_FULL): a result that came early
 * would not be the last. Without windows before it: SUPPRESS_WITHOUT_WINDOWS.
 *
 * @example
 * clicks.pipe(
 *   groupByKey(),
 *   windowedBy(tumbling(60_000)),
 *   count('per-minute'),
 *   suppress('final-per-minute', untilWindowCloses({ maxRecords: 100_000 })),
 *   to('finals'),
 * );
 * // in  clicks ann=home@5 ann=tea@59999 ann=home@60000
 * // out finals ann[0..60000]=2@59999
 */
export function untilWindowCloses(limits: BufferLimits = {}): UntilWindowCloses {
  return { until: 'windowCloses', limits };
}

/**
 * Holds back the changes of each key for `ms` of stream time after the first of them; the newest one then comes out. If
 * more is held than the limits allow, the oldest comes out early (`emit`, the default), or the worker stops (`shutDown`,
 * SUPPRESS_FULL).
 *
 * @example
 * prices.pipe(suppress('calm-prices', untilTimeLimit(1000)), to('calm-prices'));
 * // in  prices      tea=5@0 tea=6@500 ink=9@1000
 * // out calm-prices tea=6@500
 */
export function untilTimeLimit(
  ms: number,
  { whenFull = 'emit', ...limits }: BufferLimits & { readonly whenFull?: 'emit' | 'shutDown' } = {},
): UntilTimeLimit {
  return { until: 'timeLimit', ms, limits, whenFull };
}

/**
 * Holds back changes of a table: of several changes of a key only the newest comes out, with the timestamp and headers of
 * its record. What is held back is in the store `name`. Its time is the largest timestamp of the table's changes.
 *
 * Throws SERDE_MISSING, TABLE_VERSIONED.
 *
 * @example
 * clicks.pipe(
 *   groupByKey(),
 *   windowedBy(tumbling(60_000, { grace: 60_000 })),
 *   count('per-minute'),
 *   suppress('final-per-minute', untilWindowCloses()),
 *   to('finals'),
 * );
 * // in  clicks ann=home@5 ann=tea@60000 ann=late@7 ann=home@120000
 * // out finals ann[0..60000]=2@7
 */
export function suppress<In, Until extends Suppression>(
  name: string,
  until: Until,
  as?: SuppressOptions<KeyOf<In>, ValueOf<In>>,
): (source: SuppressibleFor<In, Until>) => In;
export function suppress(
  name: string,
  until: Suppression,
  { key, value }: SuppressOptions<unknown, unknown> = {},
): (source: KTable<unknown, unknown>) => KTable<unknown, unknown> {
  return (source) => {
    const { shape } = source;
    const known = new KTable<unknown, unknown>(
      { ...shape, key: key ?? shape.key, value: value ?? shape.value },
      source.hub,
    );
    return suppressTable(known, { name, until });
  };
}

interface Step {
  readonly name: string;
  readonly until: Suppression;
}

function suppressTable(source: KTable<unknown, unknown>, { name, until }: Step): KTable<unknown, unknown> {
  const { flow, node: parent, key, value, stores, view: rows, versioned } = source.shape;
  if (versioned === true) throw failure('TABLE_VERSIONED', { step: `suppress('${name}')` });
  if (key === undefined) throw failure('SERDE_MISSING', { step: `suppress('${name}')`, part: 'key' });
  if (value === undefined) throw failure('SERDE_MISSING', { step: `suppress('${name}')`, part: 'value' });
  const delay = until.until === 'timeLimit' ? until.ms : graceOf(parent, name);
  const row = heldRowSerde(value);
  const store = timedStore({ name, kind: 'buffer', key, value: row, retentionMs: Number.POSITIVE_INFINITY });
  const node = flow.add({ kind: 'suppress', name, parents: [parent], reads: stores, store });
  let buffer: SuppressBuffer<unknown, unknown> | undefined;
  const isSame = (a: unknown, b: unknown): boolean => identityOf(a, key.columns) === identityOf(b, key.columns);
  const view: TableView<unknown, unknown> | undefined = rows && {
    get: (of) => {
      const held = buffer?.passedOn(of, isSame);
      return held === undefined ? rows.get(of) : held.row;
    },
  };
  const table = new KTable<unknown, unknown>({ flow, node, key, value, stores: [...stores, name], view });
  flow.connect(node, (scope) => {
    const emit = (change: TableChange<unknown, unknown>): void => {
      if (change.value !== null || until.until === 'timeLimit') table.hub.emit(change);
    };
    buffer = open(scope, { name, until, columns: { key: key.columns, row: row.columns }, emit });
    const releases = releaser(buffer, { name, until, delay });
    // Changes that were held back for a commit come in the order of their keys' first ones: one may close a window before
    // the last change of that window is here. So what is final is let out behind all of them.
    const isDeferred = until.until === 'windowCloses' && scope.emit === 'commit';
    source.hub.add(holder(buffer, isDeferred ? () => {} : releases));
    if (isDeferred) scope.onFlush(releases);
  });
  return table;
}

function open(
  scope: TaskScope,
  options: Step & Pick<ConstructorParameters<typeof SuppressBuffer<unknown, unknown>>[0], 'columns' | 'emit'>,
): SuppressBuffer<unknown, unknown> {
  const { name, until, columns, emit } = options;
  const store = scope.timedStore<unknown, HeldRow<unknown>>(name);
  // `Suppression` has seen to it that these keys are windows; an endless one is held for ever.
  const endOf = (of: unknown): number => Math.min((of as Windowed<unknown>).end, Number.MAX_SAFE_INTEGER);
  const times =
    until.until === 'windowCloses'
      ? { timeOf: (change: TableChange<unknown, unknown>) => endOf(change.key), timeOfKey: endOf }
      : { timeOf: (change: TableChange<unknown, unknown>) => change.timestamp, timeOfKey: undefined };
  return new SuppressBuffer<unknown, unknown>({
    store,
    columns,
    ...times,
    limits: until.limits,
    compat: scope.compat,
    emit,
  });
}

/** Takes each change: the time moves, the change is held, then what may comes out. */
function holder(buffer: SuppressBuffer<unknown, unknown>, release: () => void) {
  return (change: TableChange<unknown, unknown>): void => {
    buffer.advance(change.timestamp);
    buffer.hold(change);
    release();
  };
}

/** Lets out what is due, then what is too much. */
function releaser(buffer: SuppressBuffer<unknown, unknown>, { name, until, delay }: Step & { delay: number }) {
  return (): void => {
    buffer.release(buffer.time - delay);
    if (!buffer.isFull) return;
    if (until.until === 'timeLimit' && until.whenFull === 'emit') buffer.releaseWhileFull();
    else throw failure('SUPPRESS_FULL', { name, rows: buffer.rows, bytes: buffer.bytes, ...until.limits });
  };
}

/** How long after its end a window may change: the longest of the aggregations by windows that the table comes from. */
function graceOf(node: GraphNode, name: string): number {
  const find = (at: GraphNode): number[] => (at.graceMs === undefined ? at.parents.flatMap(find) : [at.graceMs]);
  const found = find(node);
  if (found.length === 0) throw failure('SUPPRESS_WITHOUT_WINDOWS', { name });
  return Math.max(...found);
}
