import type { Serde } from '../../serde/serde.ts';
import { identityOfColumns } from '../../state/key-identity.ts';

/** 128 bits that stand for a value, as 32 hexadecimal digits: equal for equal values, and never equal by chance. */
export type Fingerprint = string;

/** Prints of a table's values: of their columns where the serde is known, else of all that is in them. */
export function fingerprints<V>(serde: Serde<V> | undefined): (value: V) => Fingerprint {
  if (serde === undefined) return (value) => printOf(canonical(value));
  const { columns } = serde;
  return (value) => printOf(String(identityOfColumns(columns.write(value))));
}

/** Four lanes of multiply and rotate, each stirred by all others at the end. Not meant to withstand an attacker. */
function printOf(text: string): Fingerprint {
  let a = 0x239b961b;
  let b = 0xab0e9789;
  let c = 0x38b34ae5;
  let d = 0xa1e38b93;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ unit, 0x9e3779b1);
    b = c ^ Math.imul(b ^ unit, 0x85ebca6b);
    c = d ^ Math.imul(c ^ unit, 0xc2b2ae35);
    d = a ^ Math.imul(d ^ unit, 0x27d4eb2f);
  }
  const sum = a ^ b ^ c ^ d ^ text.length;
  const salt = Math.imul(sum, 0x165667b1);
  return `${hex(stir(a ^ salt))}${hex(stir(b ^ salt))}${hex(stir(c ^ salt))}${hex(stir(d ^ salt))}`;
}

function stir(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(lane: number): string {
  const [a, b, c, d] = [HEX[lane >>> 24], HEX[(lane >>> 16) & 255], HEX[(lane >>> 8) & 255], HEX[lane & 255]];
  return `${a}${b}${c}${d}`;
}

/** Text of any plain value; a field that is undefined is as good as none, and fields have no order. */
function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return `${typeof value}:${String(value)}`;
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date) return `date:${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}=${canonical(field)}`)
    .join(',')}}`;
}
