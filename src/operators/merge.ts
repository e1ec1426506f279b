import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { KStream } from '../topology/k-stream.ts';

/**
 * The records of both streams in one, in the order in which the task takes them: by timestamp, as far as they are there.
 * Where one of them has another key than its topic, a later group or join repartitions.
 *
 * @example
 * const older = flow.stream('old-clicks', { key: string(), value: string() });
 * clicks.pipe(merge(older), to('all-clicks'));
 * // in  clicks     ann=home@1
 * // in  old-clicks bob=tea@2
 * // out all-clicks ann=home@1 bob=tea@2
 */
export function merge<In>(other: KStream<KeyOf<In>, ValueOf<In>>): (source: StreamFor<In, 'merge'>) => In;
export function merge(
  other: KStream<unknown, unknown>,
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) => {
    const { flow, key, value } = source.shape;
    const node = flow.add({ kind: 'merge', parents: [source.shape.node, other.shape.node] });
    const merged = new KStream<unknown, unknown>({
      flow,
      node,
      key: key ?? other.shape.key,
      value: value ?? other.shape.value,
      keyChanged: source.shape.keyChanged || other.shape.keyChanged,
    });
    flow.connect(node, () => {
      source.hub.add((record) => merged.hub.emit(record));
      other.hub.add((record) => merged.hub.emit(record));
    });
    return merged;
  };
}
