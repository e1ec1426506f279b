import type { Serde } from '../serde/serde.ts';
import type { Flow } from './flow.ts';
import type { GraphNode } from './graph.ts';

/**
 * A table of which every worker has all rows, whatever partitions its tasks have. Streams look rows up in it, by any key.
 *
 * @see `join`
 */
export class GlobalKTable<K, V> {
  readonly kind = 'global-table';
  /** @internal */
  readonly shape: {
    readonly flow: Flow;
    readonly node: GraphNode;
    /** The name of its store. */
    readonly name: string;
    readonly key: Serde<K>;
    readonly value: Serde<V>;
  };

  /** @internal */
  constructor(shape: GlobalKTable<K, V>['shape']) {
    this.shape = shape;
  }
}
