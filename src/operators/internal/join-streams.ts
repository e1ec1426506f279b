import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import { timedStore } from '../../state/timed-key.ts';
import type { Flow } from '../../topology/flow.ts';
import type { GraphNode } from '../../topology/graph.ts';
import { KStream } from '../../topology/k-stream.ts';
import { byPresentKey } from './by-present-key.ts';
import { joinSelf, joinSide, type StreamJoiner } from './join-stream-sides.ts';
import { type JoinWindow, WaitingRows } from './join-waiting.ts';

export type JoinKind = 'join' | 'leftJoin' | 'outerJoin';

/** How far apart two records may be, ms. */
export type JoinWindowOptions = (
  | {
      /** The other record's time may be this far before or after. */
      readonly within: number;
      readonly before?: never;
      readonly after?: never;
    }
  | {
      readonly within?: never;
      /** How far the other record's time may be before that of this stream's record. */
      readonly before: number;
      /** How far it may be after. */
      readonly after: number;
    }
) & {
  /** How late, after the window, a record may still come. What has no partner waits for it. Default 0. */
  readonly grace?: number;
};

export interface StreamJoin<K, R> {
  readonly kind: JoinKind;
  readonly joiner: StreamJoiner<K, R>;
  readonly name: string;
  readonly window: JoinWindow;
  readonly key?: Serde<K> | undefined;
  readonly value?: Serde<unknown> | undefined;
  readonly otherValue?: Serde<unknown> | undefined;
}

/** Checks it. Throws WINDOW_INVALID. */
export function joinWindow(name: string, { within, before, after, grace = 0 }: JoinWindowOptions): JoinWindow {
  const window = { before: before ?? within ?? Number.NaN, after: after ?? within ?? Number.NaN, grace };
  for (const [part, ms] of Object.entries(window)) {
    // NaN fails too.
    if (!(Number.isSafeInteger(ms) && (ms >= 0 || part !== 'grace'))) throw invalid(name, part, ms);
  }
  const length = window.before + window.after;
  if (length < 0) throw invalid(name, 'before + after', length);
  return window;
}

function invalid(join: string, name: string, actual: number): Error {
  const expected =
    'within, or before and after, and grace in whole milliseconds, the window not ending before it begins';
  return failure('WINDOW_INVALID', { of: `join '${join}'`, name, actual, expected });
}

interface Input<K> {
  readonly stream: KStream<K, unknown>;
  readonly key: Serde<K>;
  readonly value: Serde<unknown>;
}

/** Joins two streams by key, within a window of time; see `joinSide`. */
export function joinStreams<K, R>(
  left: KStream<K, unknown>,
  right: KStream<K, unknown>,
  step: StreamJoin<K, R>,
): KStream<K, R> {
  if (left.hub === right.hub && step.kind === 'join' && left.shape.flow.optimization === 'all')
    return joinWithItself(left, step);
  const { kind, name, window } = step;
  const { flow } = left.shape;
  const isOuter = kind === 'outerJoin';
  const mine = partitioned(left, step, { topic: `${name}-left`, value: step.value, part: 'value' });
  const theirs = partitioned(right, step, { topic: `${name}-right`, value: step.otherValue, part: 'otherValue' });
  const own = storeNode(flow, `${name}-this-join`, mine, window);
  const other = storeNode(flow, `${name}-other-join`, theirs, window);
  const leftWaiting = kind === 'join' ? undefined : storeNode(flow, `${name}-left-waiting`, mine);
  const rightWaiting = isOuter ? storeNode(flow, `${name}-right-waiting`, theirs) : undefined;
  const node = flow.add({
    kind,
    name,
    parents: [mine.stream.shape.node, theirs.stream.shape.node],
    reads: [own, other, leftWaiting, rightWaiting].flatMap((store) => store?.name ?? []),
    copartitioned: true,
    takesNullKeys: kind !== 'join',
  });
  const joined = new KStream<K, R>({ flow, node, key: mine.key, value: undefined, keyChanged: false });
  flow.connect(node, (scope) => {
    const open = (store: GraphNode) => scope.timedStore<K, unknown>(store.name ?? '');
    const waiting = leftWaiting && new WaitingRows<K>(open(leftWaiting), rightWaiting && open(rightWaiting), window);
    if (waiting !== undefined) scope.onFlush(() => waiting.flush());
    const emit = joined.hub.emit.bind(joined.hub);
    const common = { window, joiner: step.joiner, waiting, emit, scope, node };
    const [leftStore, rightStore] = [open(own), open(other)];
    mine.stream.hub.add(
      joinSide({ ...common, side: 'left', own: leftStore, other: rightStore, isOuter: kind !== 'join' }),
    );
    theirs.stream.hub.add(joinSide({ ...common, side: 'right', own: rightStore, other: leftStore, isOuter }));
  });
  return joined;
}

function joinWithItself<K, R>(source: KStream<K, unknown>, step: StreamJoin<K, R>): KStream<K, R> {
  const { kind, name, window, joiner } = step;
  const { flow } = source.shape;
  const { stream, ...serdes } = partitioned(source, step, { topic: `${name}-left`, value: step.value, part: 'value' });
  const own = storeNode(flow, `${name}-this-join`, { stream, ...serdes }, window);
  const node = flow.add({ kind, name, parents: [stream.shape.node], reads: [`${name}-this-join`] });
  const joined = new KStream<K, R>({ flow, node, key: serdes.key, value: undefined, keyChanged: false });
  flow.connect(node, (scope) => {
    const emit = joined.hub.emit.bind(joined.hub);
    const store = scope.timedStore<K, unknown>(own.name ?? '');
    stream.hub.add(joinSelf({ own: store, window, joiner, emit, scope, node, retentionMs: retention(window) }));
  });
  return joined;
}

function partitioned<K>(
  stream: KStream<K, unknown>,
  step: Pick<StreamJoin<K, unknown>, 'kind' | 'name' | 'key'>,
  as: { topic: string; value: Serde<unknown> | undefined; part: string },
): Input<K> {
  const key = step.key ?? stream.shape.key;
  const value = as.value ?? stream.shape.value;
  const what = `${step.kind} '${step.name}'`;
  if (key === undefined) throw failure('SERDE_MISSING', { step: what, part: 'key' });
  if (value === undefined) throw failure('SERDE_MISSING', { step: what, part: as.part });
  return {
    stream: byPresentKey(stream, { name: as.topic, key, value }),
    key,
    value,
  };
}

const retention = ({ before, after, grace }: JoinWindow): number => before + after + grace;

/** Waiting rows, without a window, stay until they are taken. */
function storeNode<K>(flow: Flow, name: string, { key, value }: Input<K>, window?: JoinWindow): GraphNode {
  const retentionMs = window === undefined ? Number.POSITIVE_INFINITY : retention(window);
  const store = timedStore({ name, kind: 'buffer', key, value, retentionMs });
  return flow.add({ kind: 'store', name, parents: [], store });
}
