import { keyIdentity } from '../../state/key-identity.ts';
import type { TableChange } from '../../topology/records.ts';
import type { Envelope } from './join-envelope.ts';
import { fingerprints } from './join-fingerprint.ts';
import type { Channel, ForeignKeyJoin, ForeignKeySides } from './join-foreign-key.ts';

/** What a left row asks of the right side. The numbers are bytes of a topic: never change them. */
export const REQUEST = { end: 0, endAndAnswer: 1, subscribe: 2, subscribeAndAnswer: 3 } as const;
export type Request = (typeof REQUEST)[keyof typeof REQUEST];

/** Sends what each change of the left table asks of the right side: at first to its old foreign key, then to its new. */
export function requestsOf<K, V, K2, V2, R>(
  { left, rightKey }: ForeignKeySides<K, V, K2, V2>,
  step: ForeignKeyJoin<K, V, K2, V2, R>,
  channel: Channel<K>,
): void {
  const { foreignKey } = step;
  const plan = step.kind === 'foreignKeyJoin' ? planInner : planLeft;
  const identity = keyIdentity(rightKey);
  const printOf = fingerprints(left.shape.value);
  left.shape.flow.connect(channel.sink, (scope) => {
    const send = scope.sink(channel.sink);
    const keyOf = (value: V | null, key: K): K2 | null => (value === null ? null : (foreignKey(value, key) ?? null));
    left.hub.add((change: TableChange<K, V>) => {
      if (change.outOfOrder === true) return scope.drop(channel.sink, 'out of order');
      const { key, value, oldValue, timestamp, headers } = change;
      if (value === null && oldValue === null) return;
      const before = keyOf(oldValue, key);
      const now = keyOf(value, key);
      if (step.kind === 'foreignKeyJoin' && value !== null && now === null)
        scope.drop(channel.sink, 'null foreign key');
      const print = value === null ? null : printOf(value);
      const isSame = before !== null && now !== null && identity(before) === identity(now);
      const { end, request } = plan({ before: before !== null, now: now !== null, isSame });
      if (end !== undefined) send(before, message(end, print, key), timestamp, headers);
      if (request !== undefined) send(now, message(request, print, key), timestamp, headers);
    });
  });
}

function message<K>(instruction: Request, print: string | null, content: K): Envelope<K> {
  return { instruction, print, content };
}

/** Whether the row had and has a foreign key, and whether it is the same. */
interface Keys {
  readonly before: boolean;
  readonly now: boolean;
  readonly isSame: boolean;
}

/** What to ask of the old foreign key, and of the new one. */
interface Plan {
  readonly end?: Request;
  readonly request?: Request;
}

/** An inner join has nothing to take back where the row had no foreign key, or where the same one had no partner. */
function planInner({ before, now, isSame }: Keys): Plan {
  if (!now) return before ? { end: REQUEST.endAndAnswer } : {};
  if (!before || isSame) return { request: REQUEST.subscribe };
  return { end: REQUEST.end, request: REQUEST.subscribeAndAnswer };
}

/** A left join has a result for every left row, so every change is answered; a null key is answered with no partner. */
function planLeft({ before, isSame }: Keys): Plan {
  const request = REQUEST.subscribeAndAnswer;
  return before && !isSame ? { end: REQUEST.end, request } : { request };
}
