import type { Headers } from '../../log/port.ts';
import { string } from '../../serde/string.ts';
import { type KeyIdentity, keyIdentity } from '../../state/key-identity.ts';
import type { KeyValueStore, Row } from '../../state/store.ts';
import type { GraphNode } from '../../topology/graph.ts';
import type { TableView } from '../../topology/k-table.ts';
import type { StreamRecord, TableChange } from '../../topology/records.ts';
import type { Send } from '../../topology/task-scope.ts';
import type { Envelope } from './join-envelope.ts';
import type { Fingerprint } from './join-fingerprint.ts';
import type { Channel, ForeignKeyJoin, ForeignKeySides } from './join-foreign-key.ts';
import { ofGroup, type Pair, pairSerde } from './join-pair-serde.ts';
import { REQUEST } from './join-requests.ts';

/** What comes back. The numbers are bytes of a topic: never change them. */
export const ANSWER = { toRow: 0, unmatched: 1 } as const;

/** A row deleted while nobody knew its value has no fingerprint. */
const NO_PRINT = '-';

/** The right side: keeps the subscriptions, answers requests and tells of changed rows. */
export function answerRequests<K, V, K2, V2, R>(
  { right, leftKey, rightKey }: ForeignKeySides<K, V, K2, V2>,
  step: ForeignKeyJoin<K, V, K2, V2, R>,
  requests: Channel<K>,
): { node: GraphNode; connect(answers: Channel<V2>): void } {
  const { flow, node: rightNode, stores, view } = right.shape;
  const name = `${step.name}-subscriptions`;
  const node = flow.add({
    kind: step.kind,
    name,
    parents: [requests.source, rightNode],
    store: { name, key: pairSerde(rightKey, leftKey, ['foreign', 'left']), value: string() },
    reads: stores,
    copartitioned: true,
  });
  const connect = (answers: Channel<V2>): void =>
    flow.connect(node, (scope) => {
      const side = new RightSide<K, K2, V2>({
        subscriptions: scope.store(name),
        rows: view,
        send: scope.sink(answers.sink),
        unmatchedKey: step.unmatchedKey,
        identity: keyIdentity(rightKey),
      });
      scope.onFlush(() => side.settle());
      // The channel's serdes are those of these keys and contents.
      scope.source(requests.source, (record) => side.take(record as StreamRecord<K2 | null, Envelope<K>>));
      right.hub.add((change) => {
        if (change.outOfOrder === true) scope.drop(node, 'out of order');
        else side.tell(change);
      });
    });
  return { node, connect };
}

type Cause = { readonly timestamp: number; readonly headers: Headers };

class RightSide<K, K2, V2> {
  readonly #subscriptions: KeyValueStore<Pair<K2, K>, Fingerprint>;
  readonly #rows: TableView<K2, V2> | undefined;
  readonly #send: Send;
  readonly #unmatchedKey: ((foreignKey: K2) => K) | undefined;
  readonly #identity: (foreignKey: K2) => KeyIdentity;
  /** Keys of rows that requests have met and that have not changed since, with the time of that. */
  readonly #shown = new Map<KeyIdentity, { readonly foreignKey: K2 } & Cause>();

  /** Of rows that were asked for since the last commit, a subscriber: while it is one, no range need be read. */
  readonly #subscribers = new Map<KeyIdentity, Pair<K2, K>>();

  constructor(options: {
    subscriptions: KeyValueStore<Pair<K2, K>, Fingerprint>;
    rows: TableView<K2, V2> | undefined;
    send: Send;
    unmatchedKey: ((foreignKey: K2) => K) | undefined;
    identity: (foreignKey: K2) => KeyIdentity;
  }) {
    this.#subscriptions = options.subscriptions;
    this.#rows = options.rows;
    this.#send = options.send;
    this.#unmatchedKey = options.unmatchedKey;
    this.#identity = options.identity;
  }

  /** A request. Its result has the larger of both rows' times. */
  take({ key: foreignKey, value: request, timestamp, headers }: StreamRecord<K2 | null, Envelope<K>>): void {
    const { instruction, print, content: leftKey } = request;
    if (leftKey === null) return;
    const row = foreignKey === null ? undefined : this.#rows?.get(foreignKey);
    if (foreignKey !== null && row !== undefined)
      this.#shown.set(this.#identity(foreignKey), {
        foreignKey,
        timestamp: Math.max(timestamp, row.timestamp),
        headers,
      });
    if (foreignKey !== null) this.#keep(foreignKey, leftKey, { request, row, timestamp, headers });
    if (instruction === REQUEST.end || (instruction === REQUEST.subscribe && row === undefined)) return;
    const content = instruction === REQUEST.endAndAnswer ? null : (row?.value ?? null);
    const time = Math.max(timestamp, row?.timestamp ?? timestamp);
    this.#send(leftKey, { instruction: ANSWER.toRow, print, content }, time, headers);
  }

  /** A changed row. Its results have its own time. */
  tell({ key: foreignKey, value, timestamp, headers }: TableChange<K2, V2>): void {
    this.#shown.delete(this.#identity(foreignKey));
    let isMatched = false;
    for (const { key, value: print } of this.#subscriptions.range(ofGroup<K2, K>(foreignKey))) {
      isMatched = true;
      const answer = { instruction: ANSWER.toRow, print: print === NO_PRINT ? null : print, content: value };
      this.#send(key.member, answer, timestamp, headers);
    }
    if (!isMatched) this.#tellUnmatched(foreignKey, value, { timestamp, headers });
  }

  /**
   * At a commit, behind the changes of the right table. A row that came and went since the last one changes nothing there,
   * but a request may have seen it in between; its subscribers learn now that it is gone.
   */
  settle(): void {
    for (const { foreignKey, timestamp, headers } of this.#shown.values())
      if (this.#rows?.get(foreignKey) === undefined)
        this.tell({ key: foreignKey, value: null, oldValue: null, timestamp, headers });
    this.#shown.clear();
    this.#subscribers.clear();
  }

  #keep(
    foreignKey: K2,
    leftKey: K,
    { request, row, ...cause }: { request: Envelope<K>; row: Row<V2> | undefined } & Cause,
  ): void {
    const { instruction, print } = request;
    const isNew = instruction === REQUEST.subscribe || instruction === REQUEST.subscribeAndAnswer;
    const pair = { group: foreignKey, member: leftKey };
    const isWatched = this.#unmatchedKey !== undefined && row !== undefined;
    // Whether there is any subscriber can change only where this one comes or goes.
    const comesOrGoes = isWatched && (this.#subscriptions.get(pair) !== undefined) !== isNew;
    const joinsOthers = comesOrGoes && isNew && this.#isMatched(foreignKey);
    this.#subscriptions.put(pair, isNew ? (print ?? NO_PRINT) : null, cause.timestamp);
    if (!comesOrGoes || joinsOthers) return;
    if (isNew) this.#tellUnmatched(foreignKey, null, cause);
    else if (!this.#isMatched(foreignKey)) this.#tellUnmatched(foreignKey, row.value, cause);
  }

  #isMatched(foreignKey: K2): boolean {
    const id = this.#identity(foreignKey);
    const known = this.#subscribers.get(id);
    if (known !== undefined && this.#subscriptions.get(known) !== undefined) return true;
    const [first] = this.#subscriptions.range({ ...ofGroup<K2, K>(foreignKey), limit: 1 });
    if (first !== undefined) this.#subscribers.set(id, first.key);
    return first !== undefined;
  }

  #tellUnmatched(foreignKey: K2, value: V2 | null, { timestamp, headers }: Cause): void {
    if (this.#unmatchedKey === undefined) return;
    const key = this.#unmatchedKey(foreignKey);
    this.#send(key, { instruction: ANSWER.unmatched, print: null, content: value }, timestamp, headers);
  }
}
