import type { Spec, Text } from './scenario.ts';

/** Of a record's key and value. */
export type Scalar = (key: Text, value: Text) => Text;
export type Predicate = (key: Text, value: Text) => boolean;
export type Pair = readonly [key: Text, value: Text];
export type Expansion = (key: Text, value: Text) => readonly Pair[];
/** Of the key and the values of both sides. */
export type Joiner = (key: Text, left: Text, right: Text) => Text;
/** Of the group's key, the value and the aggregate so far. */
export type Adder = (key: Text, value: Text, aggregate: Text) => Text;
/** Of the value so far and the new one. */
export type Reducer = (sofar: Text, value: Text) => Text;

// --- functions

const SCALARS: Record<string, (argument: unknown) => Scalar> = {
  key: () => (key) => key,
  value: () => (_, value) => value,
  null: () => () => null,
  const: (text) => () => String(text),
  keyColonValue: () => (key, value) => `${key}:${value}`,
  upper: () => ofValue((value) => value.toUpperCase()),
  reverse: () => ofValue((value) => [...value].reverse().join('')),
  length: () => ofValue((value) => String(value.length)),
  firstChar: () => ofValue((value) => value[0] ?? null),
  lastChar: () => ofValue((value) => value.at(-1) ?? null),
  append: (text) => ofValue((value) => value + String(text)),
  prepend: (text) => ofValue((value) => String(text) + value),
  take: (count) => ofValue((value) => value.slice(0, Number(count))),
  part: (argument) => {
    const [separator, index] = argument as [string, number];
    return ofValue((value) => value.split(separator)[index] ?? null);
  },
  nullIf: (text) => ofValue((value) => (value === text ? null : value)),
  nullIfContains: (text) => ofValue((value) => (value.includes(String(text)) ? null : value)),
  nullIfKey: (text) => (key, value) => (key === text ? null : value),
  charSumMod: (modulus) =>
    ofValue((value) => String([...value].reduce((sum, char) => sum + char.charCodeAt(0), 0) % Number(modulus))),
  orElse: (text) => (_, value) => value ?? String(text),
  ofKey: (inner) => {
    const fn = scalar(inner as Spec);
    return (key) => fn(key, key);
  },
  chain: (argument) => {
    const links = (argument as Spec[]).map(scalar);
    return (key, value) => links.reduce<Text>((result, link) => link(key, result), value);
  },
};

export const scalar = (spec: Spec): Scalar => lookUp('function', SCALARS, spec);

function ofValue(fn: (value: string) => Text): Scalar {
  return (_, value) => (value === null ? null : fn(value));
}

// --- predicates

const PREDICATES: Record<string, (argument: unknown) => Predicate> = {
  true: () => () => true,
  false: () => () => false,
  hasKey: () => (key) => key !== null,
  hasValue: () => (_, value) => value !== null,
  equals: (text) => (_, value) => value === text,
  contains: (text) => (_, value) => value?.includes(String(text)) ?? false,
  startsWith: (text) => (_, value) => value?.startsWith(String(text)) ?? false,
  keyContains: (text) => (key) => key?.includes(String(text)) ?? false,
  lengthMod: (argument) => {
    const [modulus, remainder] = argument as [number, number];
    return (_, value) => value !== null && value.length % modulus === remainder;
  },
  longerThan: (length) => (_, value) => value !== null && value.length > Number(length),
  not: (inner) => {
    const test = predicate(inner as Spec);
    return (key, value) => !test(key, value);
  },
};

export const predicate = (spec: Spec): Predicate => lookUp('predicate', PREDICATES, spec);

// --- expansions

interface PairSpec {
  readonly key?: Spec;
  readonly value?: Spec;
}

const EXPANSIONS: Record<string, (argument: unknown) => Expansion> = {
  none: () => () => [],
  words: (argument) => {
    const make = pair((argument ?? {}) as PairSpec);
    return (key, value) => words(value).map((word) => make(key, word));
  },
  chars: () => (key, value) => [...(value ?? '')].map((char): Pair => [key, char]),
  list: (argument) => {
    const items = (argument as (Spec | PairSpec)[]).map(item);
    return (key, value) => items.map((make) => make(key, value));
  },
};

export const expansion = (spec: Spec): Expansion => lookUp('expansion', EXPANSIONS, spec);

type MakePair = (key: Text, value: Text) => Pair;

function pair({ key = 'key', value = 'value' }: PairSpec): MakePair {
  const makeKey = scalar(key);
  const makeValue = scalar(value);
  return (k, v) => [makeKey(k, v), makeValue(k, v)];
}

/** A pair is told from a function by its field `value`: no function has that name and an argument. */
function item(spec: Spec | PairSpec): MakePair {
  return typeof spec === 'object' && 'value' in spec ? pair(spec as PairSpec) : pair({ value: spec as Spec });
}

function words(value: Text): string[] {
  return (value ?? '').split(' ').filter((word) => word !== '');
}

// --- joiners, adders, reducers, mergers

const JOINERS: Record<string, (argument: unknown) => Joiner> = {
  pair: () => (_, left, right) => `${left}|${right}`,
  pairWithKey: () => (key, left, right) => `${key}:${left}|${right}`,
  separator: (text) => (_, left, right) => `${left}${text}${right}`,
  pairUnless: (text) => (_, left, right) => {
    const joined = `${left}|${right}`;
    return joined.includes(String(text)) ? null : joined;
  },
};

export const joiner = (spec: Spec = 'pair'): Joiner => lookUp('joiner', JOINERS, spec);

const ADDERS: Record<string, (argument: unknown) => Adder> = {
  plus: () => (_, value, aggregate) => `${aggregate}+${value}`,
  minus: () => (_, value, aggregate) => `${aggregate}-${value}`,
  join: (text) => (_, value, aggregate) => `${aggregate}${text}${value}`,
  plusWithKey: () => (key, value, aggregate) => `${aggregate}+${key}:${value}`,
  plusUnless: (text) => (_, value, aggregate) =>
    value?.includes(String(text)) === true ? null : `${aggregate}+${value}`,
  last: () => (_, value) => value,
  keep: () => (_, _value, aggregate) => aggregate,
  drop: () => () => null,
};

export const adder = (spec: Spec = 'plus'): Adder => lookUp('adder', ADDERS, spec);

const REDUCERS: Record<string, (argument: unknown) => Reducer> = {
  plus: () => (sofar, value) => `${sofar}+${value}`,
  minus: () => (sofar, value) => `${sofar}-${value}`,
  first: () => (sofar) => sofar,
  last: () => (_, value) => value,
  max: () => (sofar, value) => (String(sofar) >= String(value) ? sofar : value),
  plusUnless: (text) => (sofar, value) => (value?.includes(String(text)) === true ? null : `${sofar}+${value}`),
};

export const reducer = (spec: Spec = 'plus'): Reducer => lookUp('reducer', REDUCERS, spec);

/** Of an earlier session's result and the one so far. */
const MERGERS: Record<string, (argument: unknown) => Reducer> = {
  pair: () => (earlier, later) => `${earlier}|${later}`,
  last: () => (_, later) => later,
};

export const merger = (spec: Spec = 'pair'): Reducer => lookUp('merger', MERGERS, spec);

function lookUp<F>(kind: string, table: Record<string, (argument: unknown) => F>, spec: Spec): F {
  const [name = '', argument] = typeof spec === 'string' ? [spec] : (Object.entries(spec)[0] ?? []);
  const make = table[name];
  if (make === undefined) throw new Error(`unknown ${kind}: ${JSON.stringify(spec)}`);
  return make(argument);
}
