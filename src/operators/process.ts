import type { Headers } from '../log/port.ts';
import type { Serde } from '../serde/serde.ts';
import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { KStream } from '../topology/k-stream.ts';
import type { StreamRecord } from '../topology/records.ts';
import { connectStores } from './internal/connect-stores.ts';
import { Moment, type ProcessingContext, processingContext } from './internal/processing-context.ts';
import type { ConnectedStore, StoresByName } from './key-value-store.ts';

/**
 * What a processor may use and do: its stores, the times, punctuators, and `forward`.
 *
 * @see `process`
 */
export interface ProcessorContext<K, V, Stores> extends ProcessingContext<Stores> {
  /**
   * Passes a record on, to the end of the graph, before it returns. Time and headers are those of the record at hand
   * where they are not given; in a punctuator, its time and no headers.
   */
  forward(record: {
    readonly key: K;
    readonly value: V;
    readonly timestamp?: number;
    readonly headers?: Headers;
  }): void;
}

/**
 * An own step: which stores it has, what it forwards, and the function that takes each record.
 *
 * @see `process`
 */
export interface Processor<In, Stores extends readonly ConnectedStore[], K2, V2> {
  /** For descriptions. */
  readonly name?: string;
  readonly stores?: Stores;
  /** Of the keys that it forwards; the stream's, if not given. */
  readonly key?: Serde<K2>;
  /** Of the values that it forwards; the stream's, if not given. */
  readonly value?: Serde<V2>;
  /** Called once in each task. Gives the function that is called with each record. */
  readonly init: (
    context: ProcessorContext<K2, V2, StoresByName<Stores, NonNullable<KeyOf<In>>>>,
  ) => (record: StreamRecord<KeyOf<In>, ValueOf<In>>) => void;
}

/**
 * A step of one's own, with stores and punctuators: it forwards any records, at any time. What must survive a restart
 * belongs in a store. A later group or join repartitions, since the keys may have changed; use `processValues` where they
 * have not.
 *
 * An error that it throws is the record's: PROCESSING_FAILED, or what `processingErrors` says; of a punctuator
 * PUNCTUATION_FAILED. Throws PUNCTUATION_INVALID, NAME_TAKEN, SERDE_MISSING.
 *
 * @example
 * clicks.pipe(
 *   process({
 *     stores: [store('last-page', string())],
 *     init: ({ stores, forward }) => (record) => {
 *       if (stores['last-page'].get(record.key) === record.value) return;
 *       stores['last-page'].put(record.key, record.value);
 *       forward(record);
 *     },
 *   }),
 *   to('changes'),
 * );
 * // in  clicks  ann=home@1 ann=home@2 ann=tea@3
 * // out changes ann=home@1 ann=tea@3
 */
export function process<
  In,
  const Stores extends readonly ConnectedStore[] = readonly [],
  K2 = KeyOf<In>,
  V2 = ValueOf<In>,
>(processor: Processor<In, Stores, K2, V2>): (source: StreamFor<In, 'process'>) => KStream<K2, V2>;
export function process(processor: AnyProcessor): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) => {
    const { flow, node: parent, key, value } = source.shape;
    const { open, ...connected } = connectStores(flow, processor.stores ?? [], key);
    const { name } = processor;
    const node = flow.add({ kind: 'process', ...(name !== undefined && { name }), parents: [parent], ...connected });
    const stream = new KStream<unknown, unknown>({
      flow,
      node,
      key: processor.key ?? key,
      value: processor.value ?? value,
      keyChanged: true,
    });
    flow.connect(node, (scope) => {
      const at = new Moment();
      const context: ProcessorContext<unknown, unknown, unknown> = {
        ...processingContext(scope, at, open(scope, at)),
        forward: ({ key, value, timestamp = at.timestamp, headers = at.headers }) =>
          stream.hub.emit({ key, value, timestamp, headers }),
      };
      const process = processor.init(context);
      source.hub.add((record) => {
        at.timestamp = record.timestamp;
        at.headers = record.headers;
        process(record);
      });
    });
    return stream;
  };
}

/** A processor of whatever stream; the signature above has seen to it that it fits. */
interface AnyProcessor {
  readonly name?: string;
  readonly stores?: readonly ConnectedStore[];
  readonly key?: Serde<unknown>;
  readonly value?: Serde<unknown>;
  init(context: ProcessorContext<unknown, unknown, unknown>): (record: StreamRecord<unknown, unknown>) => void;
}
