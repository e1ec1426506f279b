/** A marker for a text that goes into JSON as it stands. Node has it since version 21; the library's types lack it. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/** JSON in which integers of any size keep all their digits. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, asNumber) ?? 'null';
}

function asNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(String(value)) : value;
}
