/**
 * Joins two tables by a key drawn from the left rows. The two sides may be partitioned quite differently, so they talk
 * through two topics:
 *
 *     left rows ──requests (by foreign key)──▶ right rows ──answers (by left key)──▶ left rows → result
 *
 * State: with the right rows, a store of subscriptions keyed (foreign key, left key); with the left rows, the result.
 *
 * - A changed left row ends its old subscription, if its foreign key changed, and makes a new one. It says whether it
 *   needs an answer: an inner join needs none where there was no result and still is none.
 * - A changed right row answers all its subscribers, in the order of left keys.
 * - A request holds a fingerprint of the left value for which it was sent, which the answer brings back. Where the left
 *   row has changed since, the answer is dropped: that change has subscribed anew and gets its own. So the result of a
 *   row is always one of its present value, however the messages overtake each other.
 * - In an outer join a right row without subscribers has a result too, under a key that the user draws from its own. All
 *   messages about it come from the one task that has the row and its subscriptions, so they cannot overtake each other.
 */
import { failure } from '../../errors.ts';
import { nullable } from '../../serde/nullable.ts';
import type { Serde } from '../../serde/serde.ts';
import type { Flow } from '../../topology/flow.ts';
import type { GraphNode } from '../../topology/graph.ts';
import type { KTable } from '../../topology/k-table.ts';
import { answerRequests } from './join-answers.ts';
import { type Envelope, envelopeSerde } from './join-envelope.ts';
import { requestsOf } from './join-requests.ts';
import { resolveAnswers } from './join-results.ts';

export type ForeignKeyJoinKind = 'foreignKeyJoin' | 'foreignKeyLeftJoin' | 'foreignKeyOuterJoin';

export interface ForeignKeyJoin<K, V, K2, V2, R> {
  readonly kind: ForeignKeyJoinKind;
  readonly name: string;
  /** Of the result's rows. */
  readonly value: Serde<R>;
  readonly foreignKey: (value: V, key: K) => K2 | null | undefined;
  readonly joiner: (left: V | null, right: V2 | null, key: K) => R | null;
  /** The key of the result of a right row that no left row refers to; of outer joins only. */
  readonly unmatchedKey?: ((foreignKey: K2) => K) | undefined;
  readonly otherValue?: Serde<V2> | undefined;
}

/** Both tables, with the serdes that the messages between them need. */
export interface ForeignKeySides<K, V, K2, V2> {
  readonly left: KTable<K, V>;
  readonly right: KTable<K2, V2>;
  readonly leftKey: Serde<K>;
  readonly rightKey: Serde<K2>;
}

/** A topic of messages: the node that writes it and the one that reads it. */
export interface Channel<C> {
  readonly sink: GraphNode;
  readonly source: GraphNode;
  /** Never read: it tells what the messages hold. */
  readonly content?: C;
}

export function joinByForeignKey<K, V, K2, V2, R>(
  left: KTable<K, V>,
  right: KTable<K2, V2>,
  step: ForeignKeyJoin<K, V, K2, V2, R>,
): KTable<K, R> {
  const { kind, name } = step;
  const { flow, key: leftKey, node } = left.shape;
  const { key: rightKey } = right.shape;
  const rightValue = step.otherValue ?? right.shape.value;
  if (leftKey === undefined) throw missing(step, 'key');
  if (rightKey === undefined) throw missing(step, 'otherKey');
  if (rightValue === undefined) throw missing(step, 'otherValue');
  const sides = { left, right, leftKey, rightKey };
  const requests = channel<K>(flow, node, {
    kind,
    name: `${name}-subscription-registration`,
    key: nullable(rightKey),
    value: envelopeSerde(leftKey),
  });
  requestsOf(sides, step, requests);
  const answering = answerRequests(sides, step, requests);
  const answers = channel<V2>(flow, answering.node, {
    kind,
    name: `${name}-subscription-response`,
    key: leftKey,
    value: envelopeSerde(rightValue),
  });
  answering.connect(answers);
  return resolveAnswers(sides, step, answers);
}

function channel<C>(
  flow: Flow,
  parent: GraphNode,
  topic: { kind: string; name: string; key: unknown; value: Serde<Envelope<C>> },
): Channel<C> {
  const { kind, name, ...serdes } = topic;
  // A declaration holds serdes of any type; who sends and who receives agree by this very channel.
  const { key, value } = serdes as unknown as { key: Serde<unknown>; value: Serde<unknown> };
  const sink = flow.add({ kind, name, parents: [parent], sink: { topic: name, internal: true, key, value } });
  const source = flow.add({
    kind: `${kind}-received`,
    name,
    parents: [],
    source: { topic: name, internal: true, key, value, writer: sink.id, reset: 'earliest' },
  });
  return { sink, source };
}

function missing({ kind, name }: { kind: string; name: string }, part: string): Error {
  return failure('SERDE_MISSING', { step: `${kind} '${name}'`, part });
}
