import { failure } from '../../errors.ts';
import type { Serde, SerdeFor } from '../../serde/serde.ts';
import { KStream } from '../../topology/k-stream.ts';
import type { StreamRecord } from '../../topology/records.ts';
import { repartition } from '../../topology/repartition.ts';
import type { AsyncAttempt, AsyncStep } from '../../topology/task-scope.ts';

/**
 * How asynchronous calls are made, and what becomes of those that fail. Times are in milliseconds.
 *
 * @example
 * clicks.pipe(
 *   forEachAsync('mail', (page, user) => sendMail(user, page), {
 *     concurrency: 4,
 *     retries: 10,
 *     timeoutMs: 5_000,
 *     onError: 'dead-letter',
 *   }),
 * );
 */
export interface AsyncOptions<K, V> {
  /** Calls that may be under way at once, in each task. Default 16. */
  readonly concurrency?: number;
  /** Further attempts where a call fails. Default 3. */
  readonly retries?: number;
  /** Before the second attempt, ms; each wait is twice the one before, 30 s at most. Default 100. */
  readonly retryDelayMs?: number;
  /** How long one attempt may take. Default 30 000. */
  readonly timeoutMs?: number;
  /**
   * What becomes of a record whose attempts have all failed: the worker stops (`fail`, the default), or the record is left
   * out and counted (`skip`), or its input is also written to the dead-letter topic with the cause (`dead-letter`).
   */
  readonly onError?: 'fail' | 'skip' | 'dead-letter';
  /** Of the stream's keys; needed where an operator made new ones and the step reads from a topic of its own. */
  readonly key?: SerdeFor<K>;
  /** Of the stream's values; needed where an operator made new ones and the step reads from a topic of its own. */
  readonly value?: SerdeFor<V>;
}

/**
 * What an asynchronous function may know beside value and key.
 *
 * @see `mapAsync`
 */
export interface AsyncCall<K, V> extends AsyncAttempt {
  readonly record: StreamRecord<K, V>;
}

interface Work<R> {
  readonly kind: string;
  readonly name: string;
  readonly options: AsyncOptions<unknown, unknown>;
  readonly call: AsyncStep['call'];
  readonly result: (result: unknown, record: StreamRecord<unknown, unknown>) => StreamRecord<unknown, R> | undefined;
}

/** A stream of what asynchronous work makes of another one. */
export function asyncStep<R>(source: KStream<unknown, unknown>, work: Work<R>): KStream<unknown, R> {
  const { kind, name, options } = work;
  check(work);
  const { flow, key, keyChanged } = source.shape;
  const input = flow.isolated.has(name) ? isolated(source, name, options) : source;
  const { onError = 'fail' } = options;
  const node = flow.add({
    kind,
    name,
    parents: [input.shape.node],
    async: true,
    takesNullKeys: true,
    deadLetters: onError === 'dead-letter',
  });
  const stream = new KStream<unknown, R>({ flow, node, key, value: undefined, keyChanged });
  flow.connect(node, (scope) => {
    const enter = scope.runAsync(node, {
      concurrency: options.concurrency ?? 16,
      retries: options.retries ?? 3,
      retryDelayMs: options.retryDelayMs ?? 100,
      timeoutMs: options.timeoutMs ?? 30_000,
      onError,
      call: work.call,
      emit: (result, record) => {
        const made = work.result(result, record);
        if (made !== undefined) stream.hub.emit(made);
      },
    });
    input.hub.add(enter);
  });
  return stream;
}

/** Through a topic of its own, which keeps what comes before it from being done twice. */
function isolated(
  source: KStream<unknown, unknown>,
  name: string,
  options: AsyncOptions<unknown, unknown>,
): KStream<unknown, unknown> {
  const { key, value } = options;
  return repartition<unknown, unknown>(source, { name, key: key as Serde<unknown>, value: value as Serde<unknown> });
}

function check({ kind, name, options }: Work<unknown>): void {
  const least = { concurrency: 1, retries: 0, retryDelayMs: 0, timeoutMs: 1 };
  for (const [option, minimum] of Object.entries(least)) {
    const given = options[option as keyof typeof least];
    if (given !== undefined && !(Number.isSafeInteger(given) && given >= minimum))
      throw failure('OPTION_INVALID', { step: `${kind}('${name}')`, option, given, minimum });
  }
}
