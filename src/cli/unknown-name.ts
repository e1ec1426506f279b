import { failure } from '../errors.ts';
import { nearest } from '../util/nearest.ts';

/** The error for a name that is not among those there are, with the nearest that is. */
export function unknownName(kind: string, name: string, known: readonly string[]): Error {
  const meant = nearest(name, known);
  const list = known.length === 0 ? 'There are none yet.' : `There are: ${known.join(', ')}.`;
  return failure('NAME_UNKNOWN', { kind, name, hint: meant === undefined ? list : `Did you mean '${meant}'?` });
}
