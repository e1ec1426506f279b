import type { Measured } from './measure-case.ts';
import type { CaseProfile } from './profile-case.ts';
import { median } from './spent.ts';

const COLUMNS = [
  'case',
  'records/s',
  'ns',
  'own ns',
  '× of its kind',
  'commit ns',
  'file ns',
  'bytes',
  'own bytes',
  'first ns',
  'start ms',
];

/** A Markdown table of the results, by kind. `own` is what a case costs more than the one it is measured against. */
export function table(results: readonly Measured[]): string {
  const rows = results.map((result) => {
    const { name, recordsPerSecond, commitNs, fileNs, bytes, firstNs, startMs, ns } = result;
    const { ownNs, ownBytes } = ownOf(result, results);
    const times = result.kind === 'baseline' ? '' : (ownNs / kindOf(result, results)).toFixed(1);
    return [
      name,
      ...[recordsPerSecond, ns, ownNs].map(whole),
      times,
      ...[commitNs, fileNs, bytes, ownBytes, firstNs, startMs].map(whole),
    ];
  });
  return [COLUMNS, COLUMNS.map((_, n) => (n === 0 ? '---' : '--:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Top functions of a profile. */
export function profileText({ cpu, allocated }: CaseProfile): string {
  const lines = (of: CaseProfile['cpu']): string[] =>
    of.map(({ name, share }) => `${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  return ['self time', ...lines(cpu), '', 'bytes allocated (sampled)', ...lines(allocated)].join('\n');
}

export function ownOf({ over, ns, bytes }: Measured, all: readonly Measured[]): { ownNs: number; ownBytes: number } {
  const base = all.find(({ name }) => name === over);
  return { ownNs: ns - (base?.ns ?? 0), ownBytes: bytes - (base?.bytes ?? 0) };
}

/** The own time of the case in the middle of its kind. */
function kindOf({ kind }: Measured, all: readonly Measured[]): number {
  return median(all.filter((each) => each.kind === kind).map((each) => ownOf(each, all).ownNs));
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');
