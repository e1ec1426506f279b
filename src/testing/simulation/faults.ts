import type { Actor } from './actor.ts';
import type { Random } from './random.ts';

/**
 * What can go wrong:
 * - `kill`: a worker dies, at any step: between two records, within a commit, before or after the state file has it,
 *   while it restores its stores.
 * - `stall`: a worker stands still, perhaps for longer than its session: it wakes up fenced, in the middle of what it did.
 * - `lost-request`, `lost-answer`: the log does not hear of a commit, or any other call, or does it and nobody hears so.
 * - `move`: a task is given to another worker while it is busy.
 * - `leave`: a worker stops in good order, and comes back.
 * - `lost-state`, `stale-state`: a worker that comes back finds its state file gone, or an older copy of it.
 */
export const FAULT_KINDS = [
  'kill',
  'stall',
  'lost-request',
  'lost-answer',
  'move',
  'leave',
  'lost-state',
  'stale-state',
] as const;
/**
 * What goes wrong: a worker dies, stands still or leaves; a request or answer is lost; a task moves; a state file is gone
 * or old.
 *
 * @see `SimulationOptions`
 */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Steps of a worker, and how many pass of each before the one that goes wrong, at most. */
const POINTS = {
  append: 60,
  'changelog append': 20,
  'commit begins': 4,
  'send records': 4,
  'add offsets': 3,
  'end transaction': 3,
  'answer to send records': 4,
  'answer to add offsets': 3,
  'answer to end transaction': 3,
  'state write': 3,
  'state written': 3,
  'fetch records': 12,
  'answer to fetch records': 12,
  'restore records': 2,
  'answer to restore records': 2,
  'read committed offsets': 2,
  'answer to read committed offsets': 2,
  'read offsets': 4,
  'report tasks': 1,
  'join the group': 0,
  'answer to join the group': 0,
  'open a producer': 0,
  'answer to open a producer': 0,
  'abort the transaction': 0,
  'answer to abort the transaction': 0,
  'leave the group': 0,
  turn: 12,
} as const;
type Point = keyof typeof POINTS;

const REQUESTS = [
  'send records',
  'add offsets',
  'end transaction',
  'end transaction',
  'fetch records',
  'restore records',
  'read committed offsets',
  'read offsets',
  'join the group',
  'open a producer',
  'abort the transaction',
] as const satisfies readonly Point[];

/** How long it waits for its point to be reached before it tries something else. */
const PATIENCE_MS = 120;
/** How much time lies between two faults, at most. */
const PEACE_MS = 40;

type Armed = { readonly kind: FaultKind; readonly point: string; left: number };

export interface FaultEffects {
  readonly after: (ms: number, run: () => void) => void;
  readonly kill: (actor: Actor) => void;
  readonly stall: (actor: Actor, ms: number) => void;
  /** Of any worker, or task. */
  readonly leave: () => void;
  readonly move: () => void;
  readonly trace: (who: string, what: string) => void;
}

/** Decides what goes wrong and when: one thing after another, so that each kind of step has its turn. */
export class Faults {
  /** What has happened: the kind, and at which step. */
  readonly happened: string[] = [];
  readonly #random: Random;
  readonly #kinds: readonly FaultKind[];
  readonly #effects: FaultEffects;
  #left: number;
  #armed: Armed | undefined;

  constructor(options: { random: Random; kinds: readonly FaultKind[]; most: number; effects: FaultEffects }) {
    const { random, kinds, most, effects } = options;
    this.#random = random;
    // What becomes of the state file is decided when a worker comes back.
    this.#kinds = kinds.filter((kind) => kind !== 'lost-state' && kind !== 'stale-state');
    this.#effects = effects;
    this.#left = this.#kinds.length === 0 ? 0 : random.whole(Math.min(1, most), most);
    this.#next();
  }

  /** From now on nothing goes wrong. */
  end(): void {
    this.#left = 0;
    this.#armed = undefined;
  }

  /** A worker has come to a step: it may go no further. */
  reach(actor: Actor, point: string): void {
    const armed = this.#armed;
    if (armed === undefined || armed.point !== point || actor.isDead) return;
    if (armed.kind !== 'kill' && armed.kind !== 'stall') return;
    if (armed.left-- > 0) return;
    this.#happen(armed.kind, actor, point);
  }

  /** Whether a request, or the answer to it, is lost. */
  lose(actor: Actor, point: string): 'request' | 'answer' | undefined {
    const armed = this.#armed;
    if (armed === undefined || armed.point !== point || actor.isDead) return undefined;
    if (armed.kind !== 'lost-request' && armed.kind !== 'lost-answer') return undefined;
    if (armed.left-- > 0) return undefined;
    this.#happen(armed.kind, actor, point);
    return armed.kind === 'lost-request' ? 'request' : 'answer';
  }

  #next(): void {
    this.#armed = undefined;
    if (this.#left > 0) this.#effects.after(this.#random.next() * PEACE_MS, () => this.#arm());
  }

  #arm(): void {
    const kind = this.#left > 0 ? this.#draw() : undefined;
    if (kind === undefined) return;
    if (kind === 'move' || kind === 'leave') {
      this.#count(kind);
      this.#effects[kind]();
      this.#next();
      return;
    }
    const points: readonly Point[] = kind.startsWith('lost-') ? REQUESTS : ALL_POINTS;
    const point = this.#random.any(points) ?? 'turn';
    const armed = { kind, point, left: this.#random.whole(0, POINTS[point]) };
    this.#armed = armed;
    this.#effects.after(PATIENCE_MS, () => {
      if (this.#armed === armed) this.#arm();
    });
  }

  /** Kills most of all, where they are among them. */
  #draw(): FaultKind | undefined {
    const kind = this.#kinds.includes('kill') && this.#random.chance(0.4) ? 'kill' : this.#random.any(this.#kinds);
    // These need no step to be reached, so they would be most of what happens.
    const isEasy = kind === 'move' || kind === 'leave';
    return isEasy && this.#random.chance(0.6) ? this.#random.any(this.#kinds) : kind;
  }

  #count(what: string): void {
    this.happened.push(what);
    this.#left--;
  }

  #happen(kind: FaultKind, actor: Actor, point: string): void {
    this.#count(`${kind} at: ${point}`);
    this.#next();
    this.#effects.trace(actor.name, `${kind} at: ${point}`);
    if (kind === 'kill') this.#effects.kill(actor);
    // Long enough, now and then, to outlive a session or a transaction.
    if (kind === 'stall') this.#effects.stall(actor, this.#random.next() ** 2 * 3000);
  }
}

const ALL_POINTS = Object.keys(POINTS) as Point[]; // Of a literal: it has no other keys.
