import { Observable } from 'rxjs';
import type { Serde } from '../serde/serde.ts';
import type { Flow } from './flow.ts';
import type { GraphNode } from './graph.ts';
import { Hub } from './hub.ts';
import type { ObservablePipe, Pipe } from './pipe.ts';
import type { StreamRecord } from './records.ts';

/** How a stream stands in the graph, and what is known of its bytes. */
export interface StreamShape<K, V> {
  readonly flow: Flow;
  readonly node: GraphNode;
  /** Unknown after an operator that makes new keys (values), until a step names it. */
  readonly key: Serde<K> | undefined;
  readonly value: Serde<V> | undefined;
  /** The key may differ from the one by which the records are partitioned: a group or join repartitions first. */
  readonly keyChanged: boolean;
}

/**
 * A stream of records: an RxJS Observable whose `pipe` takes Millrace's operators. What is subscribed to it is alive in
 * each task, and an error of a subscriber is reported late: prefer operators.
 *
 * @see `Flow`
 */
export interface KStream<K, V> extends Observable<StreamRecord<K, V>> {
  readonly pipe: Pipe<KStream<K, V>> & ObservablePipe<StreamRecord<K, V>>;
}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: only the type of `pipe` is widened, RxJS's method takes any chain
export class KStream<K, V> extends Observable<StreamRecord<K, V>> {
  readonly kind = 'stream';
  /** @internal */
  readonly shape: StreamShape<K, V>;
  /** @internal */
  readonly hub: Hub<StreamRecord<K, V>>;

  /** @internal */
  constructor(shape: StreamShape<K, V>, hub = new Hub<StreamRecord<K, V>>()) {
    super((subscriber) => hub.subscribe(subscriber));
    this.shape = shape;
    this.hub = hub;
    shape.flow.register(shape.node, hub);
  }
}
