import { parseCents } from './parse-cents.ts';
import { asObject, invalid, NumberText, type ShopObject } from './shop-json.ts';

const LATEST = 8_640_000_000_000_000;
const LARGEST_INT = 2_147_483_647;

/** A text that is not empty. All readers of this file throw EVENT_INVALID, which names the field and its value. */
export function textOf(object: ShopObject, name: string): string {
  const value = object.fields[name];
  const isText = typeof value === 'string' && value !== '' && value.isWellFormed();
  if (!isText) throw invalid(object.path + name, value, 'a text that is not empty');
  return value;
}

/** One of a few texts. */
export function oneOf<const T extends string>(object: ShopObject, name: string, choices: readonly T[]): T {
  const value = object.fields[name];
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw invalid(object.path + name, value, choices.join(' or '));
  return found;
}

/** A decimal amount, as a number or a text, in cents. */
export function centsOf(object: ShopObject, name: string): number {
  const value = object.fields[name];
  const text = value instanceof NumberText ? value.text : value;
  const cents = typeof text === 'string' ? parseCents(text) : 'an amount such as 12.34';
  if (typeof cents === 'string') throw invalid(object.path + name, value, cents);
  return cents;
}

/** A count from 1. */
export function countOf(object: ShopObject, name: string): number {
  return wholeOf(object, name, { least: 1, most: LARGEST_INT, expected: `a whole number from 1 to ${LARGEST_INT}` });
}

/** Milliseconds since 1970. */
export function timeOf(object: ShopObject, name: string): number {
  return wholeOf(object, name, { least: 0, most: LATEST, expected: 'a time in whole milliseconds since 1970' });
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly expected: string;
}

function wholeOf(object: ShopObject, name: string, { least, most, expected }: Bounds): number {
  const value = object.fields[name];
  // A double keeps every whole number of these bounds, so only the text can say that it was not whole.
  const isPlain = value instanceof NumberText && /^\d+$/.test(value.text);
  const number = isPlain ? Number(value.text) : Number.NaN;
  if (!(number >= least && number <= most)) throw invalid(object.path + name, value, expected);
  return number;
}

/** The objects of a list, which may be empty. */
export function objectsOf(object: ShopObject, name: string): ShopObject[] {
  const value = object.fields[name];
  if (!Array.isArray(value)) throw invalid(object.path + name, value, 'a list');
  return value.map((item: unknown, index) => {
    const at = `${object.path}${name}[${index}]`;
    return asObject(item, { path: `${at}.`, name: at });
  });
}
