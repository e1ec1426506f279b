import { sameSchema } from '../avro/canonical-schema.ts';
import { writerType } from '../avro/parse-schema.ts';
import type { AvroSchema } from './registry.ts';

/** True for schemas that are equal, or have the same full name and the same form on the wire (docs and defaults aside). */
export function sameOnTheWire(one: AvroSchema, other: AvroSchema): boolean {
  if (sameSchema(one, other)) return true;
  const [first, second] = [writerType(one, 'number'), writerType(other, 'number')];
  return first.name === second.name && first.fingerprint().equals(second.fingerprint());
}
