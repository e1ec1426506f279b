import { setTimeout as delay } from 'node:timers/promises';
import type { JoinOptions, Membership, MemberToken, TaskId } from '../port.ts';
import { requireOk } from './broker-error.ts';
import type { Cluster } from './cluster.ts';
import { FEATURES, requireFeature } from './features.ts';
import { groupFailure, isUndecided, statusFailure } from './group-failure.ts';
import { beginAtOnce } from './group-settings.ts';
import { parseAddress } from './options.ts';
import { backoffMs, remedyOf } from './retry.ts';
import { Signal } from './signal.ts';
import { type HeartbeatRequest, type HeartbeatResponse, streamsHeartbeatV1 } from './streams-heartbeat-api.ts';
import { fromTaskIds, subtopologyInfos, toTaskIds } from './streams-topology.ts';

const REBALANCE_TIMEOUT_MS = 60_000;
/** While the group has not decided yet, there is no reason to wait for the broker's interval. */
const EAGER_MS = 200;
/** How long a leaving member tries to say so; else its session ends by itself. */
const LEAVE_MS = 3000;

/**
 * A member of a streams group (KIP-1071): the broker makes the internal topics and says which tasks to run; a task that
 * it takes away goes to another member only when a heartbeat no longer lists it.
 */
export class StreamsMembership implements Membership {
  readonly #cluster: Cluster;
  readonly #options: JoinOptions;
  readonly #lane: string;
  readonly #changed = new Signal();
  readonly #wake = new Signal();
  /** Since when the group cannot come to an assignment; 0 while it can. */
  #troubledSince = 0;
  #token: MemberToken;
  #assigned: readonly TaskId[] | null = null;
  #offered: readonly TaskId[] | null = null;
  #failure: Error | null = null;
  #running: readonly TaskId[] = [];
  /** What the broker has last heard; null where it may not have heard it. */
  #reported: readonly TaskId[] | null = [];
  #intervalMs = EAGER_MS;
  #isStopped = false;
  #loop: Promise<void> = Promise.resolve();

  static async join(cluster: Cluster, options: JoinOptions): Promise<StreamsMembership> {
    await cluster.retry(`join group ${options.group}`, () => requireFeature(cluster, FEATURES.streams));
    await beginAtOnce(cluster, options.group);
    const membership = new StreamsMembership(cluster, options);
    try {
      await membership.#join();
      return membership;
    } catch (error) {
      await cluster.connections.release(membership.#lane);
      throw error;
    }
  }

  private constructor(cluster: Cluster, options: JoinOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#lane = cluster.newLane('group');
    this.#token = { memberId: options.memberId, epoch: 0 };
  }

  get token(): MemberToken {
    return this.#token;
  }

  get assigned(): readonly TaskId[] | null {
    return this.#assigned;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  changed(): Promise<void> {
    return this.#changed.wait();
  }

  report(running: readonly TaskId[]): void {
    this.#running = [...running];
    this.#wake.raise();
  }

  async leave({ keep = false }: { keep?: boolean } = {}): Promise<void> {
    const wasIn = !this.#isStopped;
    this.#isStopped = true;
    this.#wake.raise();
    await this.#loop;
    if (wasIn && !keep && this.#token.epoch > 0) await this.#sayGoodbye();
    await this.#cluster.connections.release(this.#lane);
  }

  async #join(): Promise<void> {
    const { group } = this.#options;
    const call = { type: 'group', key: group, lane: this.#lane, what: `join group ${group}` } as const;
    const response = await this.#cluster.retryCoordinator(call, async (connection) => {
      const answer = await streamsHeartbeatV1.async(connection, this.#joinRequest());
      // Errors that pass are tried again, the others are explained below.
      if (groupFailure(answer, this.#options) === null) {
        requireOk('StreamsGroupHeartbeat', answer.errorCode, answer.errorMessage);
      }
      return answer;
    });
    const refused = groupFailure(response, this.#options);
    if (refused !== null) throw refused;
    this.#take(response);
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#isStopped && this.#failure === null; ) {
      const isEager = this.#assigned === null || failures > 0;
      const waitMs = failures > 0 ? backoffMs('reconnect', failures) : isEager ? EAGER_MS : this.#intervalMs;
      if (!this.#hasNews() || failures > 0) await this.#wake.wait(Math.min(waitMs, this.#intervalMs));
      if (this.#isStopped) return;
      failures = (await this.#beat()) ? 0 : failures + 1;
    }
  }

  /** False where the broker could not be asked. */
  async #beat(): Promise<boolean> {
    const running = this.#running;
    try {
      const connection = await this.#cluster.coordinator('group', this.#options.group, this.#lane);
      const response = await streamsHeartbeatV1.async(connection, this.#request(running));
      const refused = groupFailure(response, this.#options);
      if (refused === null) requireOk('StreamsGroupHeartbeat', response.errorCode, response.errorMessage);
      if (refused === null) this.#reported = running;
      if (refused !== null) this.#fail(refused);
      else this.#take(response);
      return true;
    } catch (error) {
      // Without its log a member cannot say anything any more; its session ends by itself.
      if (this.#cluster.connections.closed) this.#isStopped = true;
      // Whether it arrived is unknown, so the next one says everything.
      this.#reported = null;
      if (remedyOf(error) !== 'again') this.#cluster.forgetCoordinator('group', this.#options.group);
      return false;
    }
  }

  #take(response: HeartbeatResponse): void {
    this.#token = { memberId: this.#options.memberId, epoch: response.memberEpoch };
    this.#intervalMs = response.heartbeatIntervalMs;
    const isTroubled = isUndecided(response);
    if (!isTroubled) this.#troubledSince = 0;
    else this.#troubledSince ||= Date.now();
    const refused = statusFailure(response, this.#options.group, isTroubled ? Date.now() - this.#troubledSince : 0);
    if (refused !== null) this.#fail(refused);
    else this.#takeTasks(response.activeTasks, isTroubled);
  }

  /** The broker says its decision once: what comes with a first answer that is no decision yet is kept until it is. */
  #takeTasks(tasks: HeartbeatResponse['activeTasks'], isTroubled: boolean): void {
    if (tasks !== null) this.#offered = fromTaskIds(tasks);
    if (this.#offered === null || (this.#assigned === null && isTroubled)) return;
    this.#assigned = this.#offered;
    this.#offered = null;
    this.#changed.raise();
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#changed.raise();
  }

  #hasNews(): boolean {
    return this.#reported !== null && !sameTasks(this.#reported, this.#running);
  }

  #joinRequest(): HeartbeatRequest {
    const { rebalanceTimeoutMs = REBALANCE_TIMEOUT_MS, subtopologies, processId, endpoint } = this.#options;
    return {
      ...this.#request(null),
      memberEpoch: 0,
      rebalanceTimeoutMs,
      subtopologies: subtopologyInfos(subtopologies),
      activeTasks: [],
      processId,
      endpoint: endpoint === undefined ? null : parseAddress(endpoint),
    };
  }

  #request(running: readonly TaskId[] | null): HeartbeatRequest {
    const unchanged = running === null || (this.#reported !== null && sameTasks(this.#reported, running));
    return {
      group: this.#options.group,
      memberId: this.#options.memberId,
      memberEpoch: this.#token.epoch,
      rebalanceTimeoutMs: null,
      subtopologies: null,
      activeTasks: unchanged ? null : toTaskIds(running),
      processId: null,
      endpoint: null,
    };
  }

  async #sayGoodbye(): Promise<void> {
    const goodbye = { ...this.#request(null), memberEpoch: -1 };
    for (const started = Date.now(); Date.now() - started < LEAVE_MS; await delay(EAGER_MS)) {
      if (this.#cluster.connections.closed) return;
      try {
        const connection = await this.#cluster.coordinator('group', this.#options.group, this.#lane);
        await streamsHeartbeatV1.async(connection, goodbye);
        return;
      } catch {
        this.#cluster.forgetCoordinator('group', this.#options.group);
      }
    }
  }
}

function sameTasks(left: readonly TaskId[], right: readonly TaskId[]): boolean {
  if (left.length !== right.length) return false;
  const known = new Set(left.map(({ subtopology, partition }) => `${subtopology}_${partition}`));
  return right.every(({ subtopology, partition }) => known.has(`${subtopology}_${partition}`));
}
