import { failure } from '../errors.ts';
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
 * What a processor that keeps the keys may use and do: its stores, the times, punctuators, and `forward`.
 *
 * @see `processValues`
 */
export interface ValuesProcessorContext<V, Stores> extends ProcessingContext<Stores> {
  /**
   * Passes a value on under the key of the record at hand; time and headers are the record's where they are not given.
   * Throws FORWARD_WITHOUT_RECORD in a punctuator, where there is no record.
   */
  forward(value: V, at?: { readonly timestamp?: number; readonly headers?: Headers }): void;
}

/**
 * An own step that keeps the keys: which stores it has, what it forwards, and the function that takes each record.
 *
 * @see `processValues`
 */
export interface ValuesProcessor<In, Stores extends readonly ConnectedStore[], V2> {
  /** For descriptions. */
  readonly name?: string;
  readonly stores?: Stores;
  /** Of the values that it forwards; the stream's, if not given. */
  readonly value?: Serde<V2>;
  /** Called once in each task. Gives the function that is called with each record. */
  readonly init: (
    context: ValuesProcessorContext<V2, StoresByName<Stores, NonNullable<KeyOf<In>>>>,
  ) => (record: StreamRecord<KeyOf<In>, ValueOf<In>>) => void;
}

/**
 * As `process`, for a step that keeps the keys: nothing has to be repartitioned after it.
 *
 * @example
 * clicks.pipe(
 *   processValues({
 *     stores: [store('numbers', integer())],
 *     value: string(),
 *     init: ({ stores: { numbers }, forward }) => ({ key, value }) => {
 *       const number = (numbers.get(key) ?? 0) + 1;
 *       numbers.put(key, number);
 *       forward(`${number}:${value}`);
 *     },
 *   }),
 *   to('numbered'),
 * );
 * // in  clicks   ann=home@1 ann=tea@2
 * // out numbered ann=1:home@1 ann=2:tea@2
 */
export function processValues<In, const Stores extends readonly ConnectedStore[] = readonly [], V2 = ValueOf<In>>(
  processor: ValuesProcessor<In, Stores, V2>,
): (source: StreamFor<In, 'processValues'>) => KStream<KeyOf<In>, V2>;
export function processValues(
  processor: AnyProcessor,
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) => {
    const { flow, node: parent, key, value, keyChanged } = source.shape;
    const { open, ...connected } = connectStores(flow, processor.stores ?? [], key);
    const { name } = processor;
    const declared = name === undefined ? {} : { name };
    const node = flow.add({ kind: 'processValues', ...declared, parents: [parent], ...connected });
    const stream = new KStream<unknown, unknown>({ flow, node, key, value: processor.value ?? value, keyChanged });
    flow.connect(node, (scope) => {
      let current: StreamRecord<unknown, unknown> | undefined;
      const at = new Moment();
      const context: ValuesProcessorContext<unknown, unknown> = {
        ...processingContext(scope, at, open(scope, at)),
        forward: (value, { timestamp, headers } = {}) => {
          if (current === undefined) throw failure('FORWARD_WITHOUT_RECORD', { step: name ?? 'processValues' });
          stream.hub.emit({
            key: current.key,
            value,
            timestamp: timestamp ?? current.timestamp,
            headers: headers ?? current.headers,
          });
        },
      };
      const process = processor.init(context);
      source.hub.add((record) => {
        at.timestamp = record.timestamp;
        current = record;
        try {
          process(record);
        } finally {
          current = undefined;
        }
      });
    });
    return stream;
  };
}

/** A processor of whatever stream; the signature above has seen to it that it fits. */
interface AnyProcessor {
  readonly name?: string;
  readonly stores?: readonly ConnectedStore[];
  readonly value?: Serde<unknown>;
  init(context: ValuesProcessorContext<unknown, unknown>): (record: StreamRecord<unknown, unknown>) => void;
}
