import { failure } from '../../errors.ts';
import type { FetchedRecord } from '../../log/records/fetched-record.ts';
import { Scratch } from '../../serde/scratch.ts';
import type { Codec, Column, Serde, SqlValue } from '../../serde/serde.ts';
import type { RangeQuery } from '../../state/store.ts';

/** A key of two parts; rows of the same `group` stand together, in the order of `member`. */
export interface Pair<G, M> {
  readonly group: G;
  readonly member: M;
}

/** Stands for a member before (after) all others, in the bounds of a range only. */
const LEAST = Symbol('least');
const GREATEST = Symbol('greatest');
/** The first value of each type of column. Not null, with which SQL compares nothing. */
const FIRST: Record<Column['type'], SqlValue> = {
  INTEGER: Number.NEGATIVE_INFINITY,
  REAL: Number.NEGATIVE_INFINITY,
  TEXT: '',
  BLOB: Buffer.alloc(0),
};
/** Blobs come last in the order of keys, and no member is this one or after it. */
const LAST_BLOB = Buffer.alloc(1024, 0xff);

/** All rows of a group. */
export function ofGroup<G, M>(group: G): RangeQuery<Pair<G, M>> {
  // The bounds are no members: only `write` below, which knows them, ever sees them.
  const bound = (member: symbol): Pair<G, M> => ({ group, member: member as unknown as M });
  return { from: bound(LEAST), to: bound(GREATEST) };
}

/** Bytes: the length of the first part in four bytes, then both. Columns: those of both parts, with their prefixes. */
export function pairSerde<G, M>(
  group: Serde<G>,
  member: Serde<M>,
  prefixes: readonly [group: string, member: string],
): Serde<Pair<G, M>> {
  const [groupPrefix, memberPrefix] = prefixes;
  const groupColumns = prefixed(group.columns.columns('key'), groupPrefix);
  const memberColumns = prefixed(member.columns.columns('key'), memberPrefix);
  const all = [...groupColumns, ...memberColumns];
  const writeMember = (of: M | symbol): SqlValue[] => {
    if (of === LEAST) return memberColumns.map(({ type }) => FIRST[type]);
    if (of === GREATEST) return memberColumns.map(() => LAST_BLOB);
    return member.columns.write(of as M);
  };
  return {
    name: `pair(${group.name}, ${member.name})`,
    columns: {
      columns: () => all,
      write: (pair) => group.columns.write(pair.group).concat(writeMember(pair.member)),
      read: (row, at) => ({
        group: group.columns.read(row, at),
        member: member.columns.read(row, at + groupColumns.length),
      }),
    },
    // Two schemas in one place: each has a subject of its own.
    open: async (use) =>
      pairCodec(
        await group.open({ ...use, topic: `${use.topic}-${groupPrefix}` }),
        await member.open({ ...use, topic: `${use.topic}-${memberPrefix}` }),
      ),
  };
}

function prefixed(columns: readonly Column[], prefix: string): Column[] {
  return columns.map((column) => ({ ...column, name: `${prefix}_${column.name}` }));
}

const LENGTH = 4;

function pairCodec<G, M>(group: Codec<G>, member: Codec<M>): Codec<Pair<G, M>> {
  const scratch = new Scratch();
  return {
    prepare: (records) => {
      const waits = [group.prepare?.([...parts(records, 0)]), member.prepare?.([...parts(records, 1)])];
      const needed = waits.filter((wait) => wait !== undefined);
      return needed.length === 0 ? undefined : Promise.all(needed).then(() => undefined);
    },
    encode: (pair) => {
      const first = group.encode(pair.group);
      const middle = LENGTH + first.length;
      scratch.reserve(middle).writeUInt32BE(first.length, 0);
      // Copied first: the second call may overwrite what this one gave.
      first.copy(scratch.buffer, LENGTH);
      const second = member.encode(pair.member);
      const length = middle + second.length;
      second.copy(scratch.reserve(length), middle);
      return scratch.first(length);
    },
    decode: (buffer, start, end) => {
      const middle = middleOf(buffer, start, end);
      if (middle === undefined) throw failure('RECORD_UNREADABLE', { reason: 'not a key of two parts' });
      return { group: group.decode(buffer, start + LENGTH, middle), member: member.decode(buffer, middle, end) };
    },
  };
}

function middleOf(buffer: Buffer, start: number, end: number): number | undefined {
  if (end - start < LENGTH) return undefined;
  const middle = start + LENGTH + buffer.readUInt32BE(start);
  return middle > end ? undefined : middle;
}

/** One part of each key, as the key of a record of its own: what the part's codec can look at. */
function* parts(records: readonly FetchedRecord[], which: 0 | 1): Generator<FetchedRecord> {
  for (const record of records) {
    const { buffer, keyStart, keyEnd } = record;
    const middle = middleOf(buffer, keyStart, keyEnd);
    if (middle === undefined) continue;
    const [from, to] = which === 0 ? [keyStart + LENGTH, middle] : [middle, keyEnd];
    yield { ...record, headers: [], keyStart: from, keyEnd: to };
  }
}
