import { failure } from '../../errors.ts';

/** An option of steps that name a store. */
export interface TimeToLive {
  /**
   * How long rows live, ms of stream time. A row is deleted, from the store, its changelog and all that is made of it, when
   * the task's stream time comes to the row's timestamp plus this, before the record that brings it there is processed. A
   * row that is written again lives anew, from its new timestamp. What has ended already when it is written is dropped
   * and counted (`expired`).
   */
  readonly timeToLive?: number;
}

/** What the options of a step say of it. Infinity is a time: of rows that live for ever. Throws TIME_TO_LIVE_INVALID. */
export function timeToLiveOf(step: string, { timeToLive }: TimeToLive): TimeToLive {
  if (timeToLive === undefined) return {};
  const isTime = Number.isSafeInteger(timeToLive) || timeToLive === Number.POSITIVE_INFINITY;
  if (!isTime || timeToLive < 1) throw failure('TIME_TO_LIVE_INVALID', { step, timeToLive });
  return { timeToLive };
}

/** Why a step can have no time to live, and what to do. */
const REASONS = {
  windows: "its windows are kept for their retention. Leave it out, and give windowedBy the option 'retention'",
  versions: "a versioned table keeps its rows for its 'retentionMs'. Leave one of the two out",
  groups:
    'the rows that it is made of would still be there, and be subtracted from nothing. Give it to the table that is grouped: what ends there is subtracted here',
} as const;

/** Throws TIME_TO_LIVE_UNFIT. */
export function refuseTimeToLive(step: string, { timeToLive }: TimeToLive, why: keyof typeof REASONS): void {
  if (timeToLive !== undefined) throw failure('TIME_TO_LIVE_UNFIT', { step, timeToLive, reason: REASONS[why] });
}
