import avsc from 'avsc';
import { DecimalType } from './decimal-type.ts';
import type { ResolverDraft } from './internals.ts';
import { BigLong } from './numbers.ts';

/** What JavaScript tells apart: a union may have one branch of each. */
export type ValueKind = 'null' | 'boolean' | 'number' | 'bigint' | 'string' | 'buffer' | 'array' | 'object';

/** A union whose values stand for themselves. Branches that a value cannot tell apart are refused. */
export class PlainUnion extends avsc.types.UnwrappedUnionType {
  declare readonly _bucketIndices: Record<string, number>;
  declare readonly _dynamicBranches: unknown[] | null;

  constructor(schema: avsc.Schema, options: unknown) {
    super(
      unambiguous((schema as avsc.Schema[]).map((branch) => avsc.Type.forSchema(branch, options as object))),
      options,
    );
    // avsc sorts branches by their Avro type, and tries logical ones on every value: our kinds need no trying.
    for (const kind of Object.keys(this._bucketIndices)) delete this._bucketIndices[kind];
    this._dynamicBranches?.splice(0);
    this.types.forEach((branch, index) => {
      this._bucketIndices[kindOfType(branch)] = index;
    });
  }

  _getIndex(value: unknown): number | undefined {
    return this._bucketIndices[kindOfValue(value)];
  }

  /** A writer's branch goes to the branch of the same type first, and only then to one it can be promoted to. */
  _update(resolver: ResolverDraft, writer: avsc.Type, options: object): void {
    for (const branch of [...this.types].sort((a, b) => likeness(b, writer) - likeness(a, writer))) {
      try {
        const found = branch.createResolver(writer, options) as unknown as ResolverDraft & {
          _read(tap: unknown): unknown;
        };
        resolver._read = (tap) => found._read(tap);
        return;
      } catch {
        // Not this branch.
      }
    }
  }
}

/** Throws where a value could belong to two branches. */
function unambiguous(branches: readonly avsc.Type[]): avsc.Schema {
  const seen = new Map<ValueKind, avsc.Type>();
  for (const branch of branches) {
    for (const kind of takenKinds(branch)) {
      const other = seen.get(kind);
      if (other) throw new Error(ambiguity(other, branch));
      seen.set(kind, branch);
    }
  }
  // avsc takes types wherever it takes schemas; its declarations say so only for a single one.
  return branches as unknown as avsc.Schema;
}

/** avsc allows a long no other number beside it, also where longs are bigints. */
function takenKinds(branch: avsc.Type): readonly ValueKind[] {
  return branch instanceof BigLong ? ['bigint', 'number'] : [kindOfType(branch)];
}

function ambiguity(one: avsc.Type, two: avsc.Type): string {
  return `a value of the union could be ${one.branchName} or ${two.branchName}, both are ${kindOfType(one)} values in JavaScript`;
}

function likeness(branch: avsc.Type, writer: avsc.Type): number {
  return Number(branch.typeName === writer.typeName);
}

export function kindOfType(type: avsc.Type): ValueKind {
  if (type instanceof DecimalType || type instanceof BigLong) return 'bigint';
  switch (type.typeName) {
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 'number';
    case 'bytes':
    case 'fixed':
      return 'buffer';
    case 'enum':
    case 'string':
    case 'logical:uuid':
      return 'string';
    case 'null':
    case 'boolean':
    case 'array':
      return type.typeName;
    default:
      return 'object';
  }
}

function kindOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return 'array';
  return value instanceof Uint8Array ? 'buffer' : 'object';
}
