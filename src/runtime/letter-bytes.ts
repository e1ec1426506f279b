import { isMillraceError } from '../errors.ts';
import type { Codec } from '../serde/serde.ts';
import { jsonText } from './key-text.ts';

/**
 * A key or value of a row as its topic has it, or would have it; JSON where its schema is registered nowhere, as that of a
 * store without a changelog.
 */
export function letterBytes(codec: Codec<unknown>, part: unknown): Buffer {
  try {
    return Buffer.from(codec.encode(part));
  } catch (error) {
    if (!isMillraceError(error, 'SCHEMA_UNREGISTERED')) throw error;
    return Buffer.from(jsonText(part));
  }
}
