import avsc from 'avsc';
import { isUuid } from './text.ts';

interface DecimalSchema {
  readonly precision: number;
  readonly scale?: number;
  readonly size?: number;
}

/** The logical type `decimal` on bytes or fixed: a bigint, the unscaled value. */
export class DecimalType extends avsc.types.LogicalType {
  readonly precision: number;
  readonly scale: number;
  readonly #size: number | undefined;
  readonly #limit: bigint;

  constructor(schema: avsc.Schema & DecimalSchema, options?: unknown) {
    super(schema, options);
    this.precision = schema.precision;
    this.scale = schema.scale ?? 0;
    this.#size = schema.size;
    this.#limit = 10n ** BigInt(schema.precision);
  }

  protected override _fromValue(bytes: Buffer): bigint {
    return fromTwosComplement(bytes);
  }

  /** Undefined for what does not fit, as avsc asks. */
  protected override _toValue(value: unknown): Buffer | undefined {
    if (typeof value !== 'bigint' || value >= this.#limit || value <= -this.#limit) return undefined;
    return toTwosComplement(value, this.#size);
  }

  /** Another scale would be another number. */
  protected override _resolve(writer: avsc.Type): ((bytes: Buffer) => bigint) | undefined {
    if (writer instanceof DecimalType) {
      return writer.scale === this.scale && writer.precision <= this.precision ? identity : undefined;
    }
    const same =
      writer.typeName === this.underlyingType.typeName &&
      (this.#size === undefined || (writer as avsc.types.FixedType).size === this.#size);
    return same ? fromTwosComplement : undefined;
  }
}

// avsc reads through the writer's type, which has made it a bigint already.
const identity = (value: unknown): bigint => value as bigint;

function fromTwosComplement(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

/** As few bytes as hold it, or `size`. */
function toTwosComplement(value: bigint, size?: number): Buffer {
  const length = size ?? bytesFor(value);
  const hex = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex');
}

function bytesFor(value: bigint): number {
  const bits = (value < 0n ? -value - 1n : value).toString(2).length;
  return value === 0n || value === -1n ? 1 : Math.floor(bits / 8) + 1;
}

/** True where the attributes make sense. If not, the specification says to ignore the logical type. */
export function isDecimal(schema: { readonly [attribute: string]: unknown }): boolean {
  const { precision, scale = 0, size } = schema;
  if (!Number.isInteger(precision) || !Number.isInteger(scale)) return false;
  const digits = precision as number;
  if (digits < 1 || (scale as number) < 0 || (scale as number) > digits) return false;
  return schema['type'] === 'bytes' || digits <= Math.floor(Math.log10(2) * (8 * (size as number) - 1));
}

/** The logical type `uuid` on 16 fixed bytes. */
export class UuidFixedType extends avsc.types.LogicalType {
  protected override _fromValue(bytes: Buffer): string {
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    // Upper case would come back as lower case.
    return isUuid(value) && value === value.toLowerCase() ? Buffer.from(value.replaceAll('-', ''), 'hex') : undefined;
  }

  protected override _resolve(writer: avsc.Type): ((bytes: Buffer) => unknown) | undefined {
    if (writer instanceof UuidFixedType) return (value) => value;
    return writer.typeName === 'fixed' && (writer as avsc.types.FixedType).size === 16 ? this._fromValue : undefined;
  }
}
