import type { KTable } from '../../topology/k-table.ts';
import { materialize } from '../../topology/materialize.ts';
import type { StreamRecord } from '../../topology/records.ts';
import { ANSWER } from './join-answers.ts';
import type { Envelope } from './join-envelope.ts';
import { fingerprints } from './join-fingerprint.ts';
import type { Channel, ForeignKeyJoin, ForeignKeySides } from './join-foreign-key.ts';

/** The left side of what comes back: joins each answer with the row it is for, unless that has changed since. */
export function resolveAnswers<K, V, K2, V2, R>(
  { left, leftKey }: ForeignKeySides<K, V, K2, V2>,
  step: ForeignKeyJoin<K, V, K2, V2, R>,
  answers: Channel<V2>,
): KTable<K, R> {
  const { flow, node: leftNode, stores, view } = left.shape;
  const { kind, name, value, joiner } = step;
  const node = flow.add({
    kind,
    name,
    parents: [answers.source, leftNode],
    store: { name, key: leftKey, value },
    reads: stores,
    copartitioned: true,
  });
  const printOf = fingerprints(left.shape.value);
  const join = (of: V | null, content: V2 | null, key: K): R | null => {
    if (content === null && (of === null || kind === 'foreignKeyJoin')) return null;
    return joiner(of, content, key);
  };
  return materialize<K, R>(flow, node, {
    name,
    key: leftKey,
    value,
    connect: ({ emitter, scope }) =>
      scope.source(answers.source, (record) => {
        // The channel's serdes are those of these keys and contents.
        const { key, value: answer, timestamp, headers } = record as StreamRecord<K, Envelope<V2>>;
        if (answer.instruction === ANSWER.unmatched) {
          emitter.put(key, join(null, answer.content, key), timestamp, headers);
          return;
        }
        const row = view?.get(key);
        if ((row === undefined ? null : printOf(row.value)) !== answer.print) return scope.drop(node, 'late answer');
        emitter.put(key, join(row?.value ?? null, answer.content, key), timestamp, headers);
      }),
  });
}
