import type { Random } from '../../../src/orders/random.ts';
import type { NodeSpec, Scenario, Step, Window } from '../interpreter/scenario.ts';

export type Kind = 'stream' | 'table' | 'windowed' | 'versioned' | 'global' | 'groupedStream' | 'groupedTable';

/** What the values of an input topic look like. */
export type Style = 'event' | 'state' | 'reference' | 'foreign';

/** How far the updates of a table claim a wrong old value, in Kafka Streams. See `docs/compatibility.md`. */
type Leak = 'none' | 'atFirst' | 'atFirstOrNull' | 'always';
const LEAKS: readonly Leak[] = ['none', 'atFirst', 'atFirstOrNull', 'always'];

interface Known {
  readonly kind: Kind;
  /** The sources that it comes from. */
  readonly roots: ReadonlySet<string>;
  readonly leak: Leak;
  /** Whether it is behind a suppress that shows whoever looks a row up in it the wrong old value of a held update. */
  readonly showsLeak: boolean;
}

export interface Input {
  readonly topic: string;
  readonly style: Style;
}

export type Arguments = { -readonly [F in keyof NodeSpec]?: NodeSpec[F] | undefined };

/** A scenario under construction. */
export class Draft {
  readonly random: Random;
  readonly nodes: NodeSpec[] = [];
  readonly inputs: Input[] = [];
  readonly keys: readonly string[];
  /** About the length of a window. */
  readonly scale: number;
  readonly #known = new Map<string, Known>();
  readonly #counts = new Map<string, number>();
  headers = false;
  wallClock = false;
  optimize = false;
  /** Whether its results are wrong in Kafka Streams. */
  isMisled = false;

  constructor(random: Random) {
    this.random = random;
    this.keys = ['a', 'b', 'c'].slice(0, random.pick([1, 2, 3, 3]));
    this.scale = random.pick([5, 10, 10, 20]);
  }

  fresh(prefix: string): string {
    const count = (this.#counts.get(prefix) ?? 0) + 1;
    this.#counts.set(prefix, count);
    return `${prefix}${count}`;
  }

  kindOf(id: string): Kind {
    return this.#at(id).kind;
  }

  /** Whether both come from one source, so that a record may reach a join of them twice. */
  areRelated(a: string, b: string): boolean {
    return [...this.#at(a).roots].some((root) => this.#at(b).roots.has(root));
  }

  topic(style: Style): string {
    const topic = this.fresh('in');
    this.inputs.push({ topic, style });
    return topic;
  }

  add(op: string, input: string | readonly string[] | undefined, kind: Kind, of: Arguments = {}): string {
    const id = this.fresh(op);
    const fields = Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
    this.nodes.push({ id, op, ...(input === undefined ? {} : { in: input }), ...fields });
    const parents = [input ?? []].flat().map((parent) => this.#at(parent));
    const roots = parents.length === 0 ? new Set([id]) : new Set(parents.flatMap((parent) => [...parent.roots]));
    this.#known.set(id, { kind, roots, leak: leakOf(op, of, parents), showsLeak: showsLeak(op, of, parents) });
    this.isMisled ||= isMisled(op, kind, of, parents);
    return id;
  }

  /** The branches of a split are streams, though no nodes of their own. */
  addBranch(id: string, input: string): void {
    this.#known.set(id, { kind: 'stream', roots: this.#at(input).roots, leak: 'none', showsLeak: false });
  }

  finish(name: string, steps: readonly Step[]): Scenario {
    return {
      name,
      source: 'random',
      ...(this.isMisled ? { compatOnly: true } : {}),
      ...(this.optimize ? { optimize: true } : {}),
      topology: this.nodes,
      steps,
    };
  }

  #at(id: string): Known {
    const known = this.#known.get(id);
    if (known === undefined) throw new Error(`no node ${id}`);
    return known;
  }
}

const JOINS: readonly string[] = ['join', 'leftJoin', 'outerJoin'];

const typeOf = (window: Arguments['window']): Window['type'] | undefined =>
  window !== undefined && 'type' in window ? window.type : undefined;

function worst(parents: readonly Known[]): number {
  return Math.max(0, ...parents.map(({ leak }) => LEAKS.indexOf(leak)));
}

function leakOf(op: string, of: Arguments, parents: readonly Known[]): Leak {
  const inherited = worst(parents);
  switch (op) {
    case 'suppress':
      return 'always';
    case 'count':
    case 'reduce':
    case 'aggregate':
    case 'cogroup': {
      const window = typeOf(of.window);
      const isRight =
        parents.some(({ kind }) => kind === 'groupedTable') ||
        window === 'session' ||
        of.emit !== undefined ||
        (op === 'reduce' && window !== 'sliding');
      if (isRight) return 'none';
      return JSON.stringify(of).includes('plusUnless') ? 'atFirstOrNull' : 'atFirst';
    }
    case 'filter':
    case 'filterNot':
    case 'mapValues':
      return of.store !== undefined || inherited === 0 ? 'none' : (LEAKS[Math.max(2, inherited)] ?? 'none');
    case 'join':
    case 'leftJoin':
    case 'outerJoin':
      return LEAKS[inherited] ?? 'none';
    default:
      return 'none';
  }
}

function showsLeak(op: string, of: Arguments, parents: readonly Known[]): boolean {
  if (op === 'suppress') return worst(parents) >= 1;
  const isView = op === 'filter' || op === 'filterNot' || op === 'mapValues' || JOINS.includes(op);
  return isView && of.store === undefined && parents.some((parent) => parent.showsLeak);
}

/** Whether a wrong old value shows in what comes out, other than as a needless tombstone of a filter. */
function isMisled(op: string, kind: Kind, of: Arguments, parents: readonly Known[]): boolean {
  if (JOINS.includes(op) && parents.some((parent) => parent.showsLeak)) return true;
  if (kind === 'stream' || kind === 'groupedStream') return false;
  const inherited = worst(parents);
  if (op === 'groupBy' || op.startsWith('foreignKey')) return inherited >= 1;
  if (op === 'suppress' || op === 'leftJoin' || op === 'outerJoin') return inherited >= 2;
  return (op === 'filter' || op === 'filterNot') && of.store === undefined && inherited === 3;
}
