import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import type { Windowed } from '../../serde/windowed.ts';
import { identityOf, type KeyIdentity } from '../../state/key-identity.ts';
import type { TimedStore } from '../../state/store.ts';
import { timedStore } from '../../state/timed-key.ts';
import type { GraphNode } from '../../topology/graph.ts';
import { Hub } from '../../topology/hub.ts';
import { KStream } from '../../topology/k-stream.ts';
import { KTable } from '../../topology/k-table.ts';
import type { WindowOptions } from '../../topology/k-windowed-stream.ts';
import type { StreamRecord, TableChange } from '../../topology/records.ts';
import type { TaskScope } from '../../topology/task-scope.ts';
import type { Windows } from '../../topology/windows.ts';
import { unreachable } from '../../util/assert.ts';
import { closeWhenIdle } from './close-when-idle.ts';
import { foldCountWindows } from './fold-count-windows.ts';
import { foldSessions } from './fold-sessions.ts';
import { foldSlidingWindows } from './fold-sliding-windows.ts';
import { foldTimeWindows } from './fold-time-windows.ts';
import { checkMs } from './window-checks.ts';
import { WindowClock } from './window-clock.ts';
import { WindowCloser } from './window-closer.ts';
import { WindowEmitter } from './window-emitter.ts';
import type { LiveWindows, WindowFold, WindowInput, WindowProcess } from './window-fold.ts';
import { type WindowShape, windowShape } from './window-rows.ts';

export interface WindowedStep<K> {
  readonly windows: Windows;
  readonly options: WindowOptions<K, unknown>;
}

/**
 * Folds grouped streams into one row a key and window, in a timed store of the fold's name. Several inputs share the
 * store, and each has a time of its own.
 */
export function aggregateWindows<K, A>(
  inputs: readonly WindowInput<K>[],
  { windows, options }: WindowedStep<K>,
  fold: WindowFold<K, A>,
): KTable<Windowed<K>, A> {
  const { kind, name, value } = fold;
  const first = inputs[0]?.stream.shape;
  if (first === undefined) throw failure('INPUT_MISSING', { step: `${kind}('${name}')` });
  const { flow, key } = first;
  if (key === undefined) throw failure('SERDE_MISSING', { step: `${kind}('${name}')`, part: 'key' });
  const shape = windowShape(windows, key);
  const node = flow.add({
    kind,
    name,
    parents: inputs.map(({ stream }) => stream.shape.node),
    graceMs: shape.graceMs,
    store: timedStore({ name, kind: shape.store, key, value, retentionMs: retentionOf(options, windows, shape) }),
    ...(inputs.length > 1 && { copartitioned: true }),
  });
  const late = lateStream(inputs, node, { options, key: shape.key });
  const hub = new Hub<TableChange<Windowed<K>, A>>();
  let rows: TimedStore<K, A> | undefined;
  flow.connect(node, (scope) => {
    rows = scope.timedStore<K, A>(name);
    connect(inputs, { scope, node, store: rows, hub, late, shape, key, fold, windows, options });
  });
  const store = rows;
  const view = store && { get: (of: Windowed<K>) => shape.find(store, of) };
  return new KTable<Windowed<K>, A>({ flow, node, key: shape.key, value, stores: [name], view }, hub);
}

/** Throws WINDOW_INVALID where the options do not fit the windows. */
function retentionOf<K>(
  { retention, closeAfterIdle, emit }: WindowOptions<K, unknown>,
  windows: Windows,
  shape: WindowShape<K>,
): number {
  const least = shape.leastRetentionMs;
  // Windows that hold their end are still open when others see them no more; but they have to come out yet.
  const kept = emit === 'windowClose' && windows.kind !== 'time' ? least + 1 : least;
  const refuse = (name: string, actual: unknown, expected: string): Error =>
    failure('WINDOW_INVALID', { of: windows.name, name, actual, expected });
  if (closeAfterIdle !== undefined) {
    checkMs(windows.name, 'closeAfterIdle', closeAfterIdle, 1);
    if (emit !== 'windowClose' || windows.kind === 'count')
      throw refuse('closeAfterIdle', closeAfterIdle, "it with emit: 'windowClose' and windows of time only");
  }
  if (retention === undefined) return kept;
  if (windows.kind === 'count') throw refuse('retention', retention, 'it to windows of time only');
  if (retention < least) throw refuse('retention', retention, `at least ${least} ms, for as long a window may change`);
  return Math.max(retention, kept);
}

interface Connection<K, A> extends WindowedStep<K> {
  readonly scope: TaskScope;
  readonly node: GraphNode;
  readonly store: TimedStore<K, A>;
  readonly hub: Hub<TableChange<Windowed<K>, A>>;
  readonly late: Hub<StreamRecord<Windowed<K>, unknown>> | undefined;
  readonly shape: WindowShape<K>;
  readonly key: Serde<K>;
  readonly fold: WindowFold<K, A>;
}

function connect<K, A>(inputs: readonly WindowInput<K>[], connection: Connection<K, A>): void {
  const { scope, node, store, hub, late, shape, key, fold, windows, options } = connection;
  const mode = options.emit ?? scope.emit;
  const emitter = new WindowEmitter<K, A>(hub, mode, windowIdentity(key), (error, row) =>
    scope.rowFailed(node.name ?? node.kind, error, row),
  );
  const closer = new WindowCloser({ store, rows: shape, emitter, isOn: mode === 'windowClose' });
  const clocks = inputs.map((_, input) => new WindowClock(store, input));
  if (mode === 'commit')
    scope.onFlush(
      () => emitter.flush(),
      () => emitter.held,
    );
  inputs.forEach(({ stream, add }, input) => {
    const clock = clocks[input] ?? new WindowClock(store, input);
    const process = processOf<K, A>(windows, {
      fold,
      // `add` is only ever called with the aggregates and values of its own input.
      add: add as LiveWindows<K, A>['add'],
      store,
      clock,
      closer,
      emitter,
      compat: scope.compat,
      drop: (reason) => scope.drop(node, reason),
      late: ({ value, timestamp, headers }, window) => {
        if (late === undefined) scope.drop(node, 'late');
        else late.emit({ key: window, value, timestamp, headers });
      },
    });
    stream.hub.add(process);
  });
  const { closeAfterIdle } = options;
  if (closeAfterIdle !== undefined && mode === 'windowClose')
    closeWhenIdle(scope, { idleMs: closeAfterIdle, clocks, closer });
}

function processOf<K, A>(windows: Windows, live: LiveWindows<K, A>): WindowProcess<K> {
  switch (windows.kind) {
    case 'time':
      return foldTimeWindows(live, windows);
    case 'sliding':
      return foldSlidingWindows(live, windows);
    case 'session':
      return foldSessions(live, windows);
    case 'count':
      return foldCountWindows(live, windows);
    default:
      return unreachable(windows);
  }
}

/** Lets the user's function build on the late records, if there is one. */
function lateStream<K>(
  inputs: readonly WindowInput<K>[],
  parent: GraphNode,
  { options, key }: { options: WindowOptions<K, unknown>; key: Serde<Windowed<K>> },
): Hub<StreamRecord<Windowed<K>, unknown>> | undefined {
  const shape = inputs[0]?.stream.shape;
  if (options.late === undefined || shape === undefined) return undefined;
  const { flow, value } = shape;
  const node = flow.add({ kind: 'late', parents: [parent] });
  const stream = new KStream<Windowed<K>, unknown>({ flow, node, key, value, keyChanged: true });
  options.late(stream);
  return stream.hub;
}

/** What stands for a window in a `Map`. Numbers and a colon cannot be mistaken for the key that follows. */
function windowIdentity<K>(key: Serde<K>): (of: Windowed<K>) => KeyIdentity {
  const { columns } = key;
  return (of) => `${of.start}:${of.end}:${String(identityOf(of.key, columns))}`;
}
