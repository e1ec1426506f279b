import { compareKeys } from '../key-order.ts';
import type { PlainRow, SourceEntry } from './file-reader.ts';

interface Head {
  readonly source: Iterator<SourceEntry>;
  entry: SourceEntry;
}

/** Rows of several sources, each in key order, in one such order. There are few: files times partitions. */
export function* mergedSources(
  sources: readonly Iterator<SourceEntry>[],
  reverse: boolean,
): Generator<PlainRow, void, undefined> {
  const sign = reverse ? -1 : 1;
  const heads = sources.flatMap((source) => headOf(source));
  while (heads.length > 0) {
    const least = heads.reduce((a, b) => (sign * compareKeys(b.entry.key, a.entry.key) < 0 ? b : a));
    yield least.entry.value;
    const next = least.source.next();
    if (next.done === true) heads.splice(heads.indexOf(least), 1);
    else least.entry = next.value;
  }
}

function headOf(source: Iterator<SourceEntry>): Head[] {
  const first = source.next();
  return first.done === true ? [] : [{ source, entry: first.value }];
}
