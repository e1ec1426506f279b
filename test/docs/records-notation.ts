/** Records as examples write them: `key=value@timestamp`, a windowed key as `key[start..end]`; values as JSON, or text as it is. */
export interface NotedRecord {
  readonly key: string | null;
  readonly value: unknown;
  readonly timestamp: number;
}

/** A step of an example: what is written, what must have come out, how many records were left out. */
export type Step =
  | { readonly kind: 'in'; readonly topic: string; readonly records: string }
  | { readonly kind: 'out'; readonly topic: string; readonly records: string }
  | { readonly kind: 'dropped'; readonly count: number };

export function stepsOf(code: string): Step[] {
  const lines = code.matchAll(/^\s*\/\/ (?:(in|out)\s+(\S+)(.*)|dropped (\d+))$/gm);
  return [...lines].map(([, kind, topic = '', records = '', count]): Step => {
    if (kind === 'in' || kind === 'out') return { kind, topic, records: records.trim().replaceAll(/\s+/g, ' ') };
    return { kind: 'dropped', count: Number(count) };
  });
}

export function parseRecords(text: string): NotedRecord[] {
  return text.split(' ').map((one) => {
    const [, key = '', value = '', timestamp] = /^([^=]+)=(.*)@(-?\d+)$/.exec(one) ?? [];
    if (timestamp === undefined) throw new Error(`'${one}' is no record: write key=value@timestamp`);
    return { key: key === 'null' ? null : key, value: parseValue(value), timestamp: Number(timestamp) };
  });
}

function parseValue(text: string): unknown {
  return /^(null|true|false|-?\d.*|[[{"].*)$/.test(text) ? JSON.parse(text) : text;
}

export function formatRecord({ key, value, timestamp }: { key: unknown; value: unknown; timestamp: number }): string {
  return `${formatKey(key)}=${typeof value === 'string' ? value : JSON.stringify(value)}@${timestamp}`;
}

function formatKey(key: unknown): string {
  if (typeof key !== 'object' || key === null || !('start' in key && 'end' in key && 'key' in key)) return String(key);
  return `${String(key.key)}[${String(key.start)}..${String(key.end)}]`;
}
