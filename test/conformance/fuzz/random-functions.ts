import type { Random } from '../../../src/orders/random.ts';
import type { Spec } from '../interpreter/scenario.ts';

export const LETTERS = ['a', 'b', 'c'] as const;

/** A predicate that lets most records through, with the operator that it is for. */
export function mostly(random: Random): { op: 'filter' | 'filterNot'; predicate: Spec } {
  const letter = random.pick(LETTERS);
  const some = random.pick<Spec>([
    { contains: letter },
    { contains: letter },
    { lengthMod: [2, random.whole(0, 1)] },
    { lengthMod: [3, random.whole(0, 2)] },
    { startsWith: letter },
    { keyContains: letter },
    { equals: `${letter}1` },
  ]);
  if (random.chance(0.5)) return { op: 'filterNot', predicate: some };
  return { op: 'filter', predicate: random.pick<Spec>([{ not: some }, { not: some }, 'hasValue', { longerThan: 1 }]) };
}

/** Of a branch. */
export function anyPredicate(random: Random): Spec {
  const letter = random.pick(LETTERS);
  return random.pick<Spec>([
    { contains: letter },
    { not: { contains: letter } },
    { startsWith: letter },
    'hasValue',
    'hasKey',
    { lengthMod: [2, random.whole(0, 1)] },
    { longerThan: random.whole(1, 3) },
    { keyContains: letter },
    { equals: `${letter}1` },
    'false',
    'true',
  ]);
}

export function valueFunction(random: Random): Spec {
  return random.pick<Spec>([
    'upper',
    'reverse',
    'length',
    'keyColonValue',
    { append: '!' },
    { prepend: 'x' },
    { take: 2 },
    { nullIfContains: random.pick(LETTERS) },
    { nullIf: `${random.pick(LETTERS)}1` },
    { nullIfKey: random.pick(LETTERS) },
    { orElse: 'none' },
    { chain: ['reverse', { append: '?' }] },
    { charSumMod: random.whole(2, 4) },
    'firstChar',
    'key',
    { const: 'same' },
  ]);
}

export function keyFunction(random: Random): Spec {
  return random.pick<Spec>([
    'firstChar',
    'lastChar',
    { charSumMod: 2 },
    { charSumMod: 3 },
    { const: 'all' },
    'value',
    'key',
    { chain: ['firstChar', { nullIf: random.pick(LETTERS) }] },
    { ofKey: { append: '-k' } },
    { ofKey: 'reverse' },
    { part: [' ', 1] },
    'length',
  ]);
}

export function valuesExpansion(random: Random): Spec {
  return random.pick<Spec>([
    'words',
    'words',
    'chars',
    'none',
    { list: ['value'] },
    { list: ['value', { append: "'" }] },
    { list: ['value', 'null', 'reverse'] },
  ]);
}

export function pairsExpansion(random: Random): Spec {
  return random.pick<Spec>([
    { words: { key: 'firstChar' } },
    { words: { key: 'value', value: 'key' } },
    {
      list: [
        { key: 'key', value: 'value' },
        { key: 'firstChar', value: 'keyColonValue' },
      ],
    },
    { list: [{ key: 'null', value: 'value' }, 'value'] },
    'words',
  ]);
}

/** Undefined: the usual one. */
export function anyJoiner(random: Random, ofStream: boolean): Spec | undefined {
  const choices = [undefined, undefined, undefined, { separator: '-' }, { pairUnless: `${random.pick(['b', 'c'])}1` }];
  return random.pick<Spec | undefined>([undefined, ...choices, ...(ofStream ? ['pairWithKey'] : [])]);
}
