import { failure } from '../errors.ts';

/** A number of a JSON text with its digits as written: as a double, 0.1 + 0.2 would not be 0.3. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source: string }) => unknown;

// The library's types do not know the reviver's third parameter yet; Node has it since version 21.
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** An object of a shop's JSON, and where it stands in its line. */
export interface ShopObject {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Before the name of a field: empty, or `items[0].`. */
  readonly path: string;
}

/** Reads a line that holds one object; numbers become `NumberText`. Throws EVENT_INVALID. */
export function parseShopLine(line: string): ShopObject {
  let value: unknown;
  try {
    value = parse(line, keepNumberText);
  } catch (error) {
    throw failure('EVENT_INVALID', { reason: `it is not JSON (${(error as Error).message})` }, error);
  }
  return asObject(value, { path: '', name: 'the line' });
}

function keepNumberText(_key: string, value: unknown, context: { readonly source: string }): unknown {
  return typeof value === 'number' ? new NumberText(context.source) : value;
}

/** Takes a value for an object. Throws EVENT_INVALID. */
export function asObject(value: unknown, at: { readonly path: string; readonly name: string }): ShopObject {
  const isObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
  if (!isObject) throw invalid(at.name, value, 'an object');
  // Checked just above; a parsed object has nothing but string keys.
  return { fields: value as Readonly<Record<string, unknown>>, path: at.path };
}

const LONGEST = 60;

/** The error of a field whose value cannot be taken: it names the field, its value, and what it must be. */
export function invalid(field: string, actual: unknown, expected: string): Error {
  return failure('EVENT_INVALID', { reason: `${field} is ${shownJson(actual)}, but must be ${expected}` });
}

function shownJson(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value, (_, part: unknown) => (part instanceof NumberText ? Number(part.text) : part));
  const shown = value instanceof NumberText ? value.text : (text ?? String(value));
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}
