import { failure } from '../../errors.ts';
import type { JoinOptions } from '../port.ts';
import { errorId } from './broker-error.ts';
import { isHopeless, remedyOfId } from './retry.ts';
import type { HeartbeatResponse } from './streams-heartbeat-api.ts';

const STATUS = {
  staleTopology: 0,
  missingSourceTopics: 1,
  wronglyPartitioned: 2,
  missingInternalTopics: 3,
  shutdown: 4,
  assignmentDelayed: 5,
} as const;

/** What the coordinator does by itself: it hears of new topics a moment later than other brokers, it makes internal ones. */
const GRACE_MS = { sourceTopics: 3000, internalTopics: 60_000 };

/** The error that a heartbeat's code means for the member; null where it is none, or one that passes. */
export function groupFailure(response: HeartbeatResponse, { group, memberId }: JoinOptions): Error | null {
  if (response.errorCode === 0) return null;
  const id = errorId(response.errorCode);
  const remedy = remedyOfId(id);
  const reason = response.errorMessage ?? id;
  if (remedy === 'fenced') return failure('FENCED', { who: `Member ${memberId} of group ${group}`, reason: id });
  if (!isHopeless(remedy) || id === 'UNKNOWN_SERVER_ERROR') return null;
  if (TOPOLOGY_ERRORS.has(id) || (id === 'INVALID_REQUEST' && /topology/i.test(reason))) {
    return failure('GROUP_TOPOLOGY_DIFFERS', { group, member: memberId, running: 'as the broker knows it', reason });
  }
  return failure('GROUP_REFUSED', { group, member: memberId, reason: `${id}: ${reason}` });
}

const TOPOLOGY_ERRORS = new Set([
  'STREAMS_INVALID_TOPOLOGY',
  'STREAMS_INVALID_TOPOLOGY_EPOCH',
  'STREAMS_TOPOLOGY_FENCED',
]);

/**
 * The error that a group's status means for the member; null where the group works, or soon will. `troubledMs` says how
 * long the group has been without an assignment.
 */
export function statusFailure({ statuses }: HeartbeatResponse, group: string, troubledMs: number): Error | null {
  for (const { code, detail } of statuses) {
    const reason = detail.replace(/\.+$/, '');
    switch (code) {
      case STATUS.missingSourceTopics:
        if (troubledMs < GRACE_MS.sourceTopics) return null;
        return failure('SOURCE_TOPICS_MISSING', { group, reason });
      case STATUS.wronglyPartitioned:
        if (troubledMs < GRACE_MS.sourceTopics) return null;
        return failure('TOPICS_WRONGLY_PARTITIONED', { group, reason });
      case STATUS.missingInternalTopics:
        if (troubledMs < GRACE_MS.internalTopics) return null;
        return failure('INTERNAL_TOPICS_MISSING', { group, waitedMs: troubledMs, reason });
      case STATUS.staleTopology:
      case STATUS.shutdown:
        return failure('GROUP_REFUSED', { group, member: '', reason });
    }
  }
  return null;
}

/** True while the group has not come to an assignment: an empty list then means nothing. */
export function isUndecided({ statuses }: HeartbeatResponse): boolean {
  return statuses.some(({ code }) => UNDECIDED.has(code));
}

const UNDECIDED: ReadonlySet<number> = new Set([
  STATUS.missingSourceTopics,
  STATUS.wronglyPartitioned,
  STATUS.missingInternalTopics,
  STATUS.assignmentDelayed,
]);
