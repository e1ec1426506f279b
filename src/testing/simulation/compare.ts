import type { Fact, Outcome } from './outcome.ts';

/**
 * What must be equal to the run without faults:
 * - `table`: the last value of each key. Right for whatever is a table: how often it changed in between depends on the
 *   commits, and so may the timestamps of what is made from the changes.
 * - `timestampedTable`: that with its timestamp.
 * - `stream`: every record of each partition, in any order, no more and no fewer.
 * - `ordered`: the same, and the records of each key in the same order.
 * - `ignore`: nothing.
 *
 * @see `SimulationOptions`
 */
export type Comparison = 'table' | 'timestampedTable' | 'stream' | 'ordered' | 'ignore';

/** At most so many differences are shown of what is missing, and of what should not be there. */
const SHOWN = 4;

/** How an outcome differs from what it should be; undefined where it does not. */
export function difference(
  found: Outcome,
  expected: Outcome,
  how: (kind: 'topic' | 'store', name: string) => Comparison,
): string | undefined {
  for (const [kind, of] of [
    ['topic', 'outputs'],
    ['store', 'stores'],
  ] as const) {
    for (const name of new Set([...expected[of].keys(), ...found[of].keys()])) {
      const comparison = how(kind, name);
      const text = differenceOf(found[of].get(name) ?? [], expected[of].get(name) ?? [], comparison);
      if (text !== undefined) return `${kind} ${name} (compared as ${comparison}):\n${text}`;
    }
  }
  return undefined;
}

function differenceOf(found: readonly Fact[], expected: readonly Fact[], how: Comparison): string | undefined {
  if (how === 'ignore') return undefined;
  const have = arranged(found, how);
  const want = arranged(expected, how);
  const missing: string[] = [];
  const needless: string[] = [];
  const report = (lines: string[], what: string, facts: readonly Fact[]): void => {
    for (const fact of facts) lines.push(`  ${what} partition ${fact.partition}, ${fact.text()}`);
  };
  for (const [id, facts] of want) {
    const others = have.get(id) ?? [];
    if (others.length >= facts.length) continue;
    report(missing, 'lacks', facts.slice(others.length));
  }
  for (const [id, facts] of have) {
    const others = want.get(id) ?? [];
    if (others.length >= facts.length) continue;
    report(needless, others.length === 0 ? 'has  ' : 'has once more than it should', facts.slice(others.length));
  }
  const lines = [...missing.slice(0, SHOWN), ...needless.slice(0, SHOWN)];
  if (lines.length === 0) return undefined;
  const more = missing.length + needless.length - lines.length;
  return [...lines, ...(more > 0 ? [`  … ${more} more`] : [])].join('\n');
}

/** The facts that count, by what makes them equal. */
function arranged(facts: readonly Fact[], how: Exclude<Comparison, 'ignore'>): Map<string, Fact[]> {
  const byId = new Map<string, Fact[]>();
  const turns = new Map<string, number>();
  const isTable = how === 'table' || how === 'timestampedTable';
  for (const fact of isTable ? latest(facts) : facts) {
    const place = `${fact.partition}|${fact.key}`;
    const turn = turns.get(place) ?? 0;
    turns.set(place, turn + 1);
    const time = how === 'table' ? '' : `@${fact.timestamp}`;
    const id = `${place}|${fact.value ?? '(null)'}${time}${how === 'ordered' ? `|${turn}` : ''}`;
    const same = byId.get(id) ?? [];
    byId.set(id, same);
    same.push(fact);
  }
  return byId;
}

function latest(facts: readonly Fact[]): Fact[] {
  const last = new Map<string, Fact>();
  for (const fact of facts) last.set(`${fact.partition}|${fact.key}`, fact);
  return [...last.values()].filter(({ value }) => value !== null);
}
