import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { KStream } from '../topology/k-stream.ts';

type AnyStream = KStream<unknown, unknown>;

/** The branches of a split, by name. */
export type Branches<In, Name extends string> = { readonly [N in Name]: In };

/**
 * Splits a stream: each record goes to the first branch, in the order written, whose predicate is true. What no branch
 * takes goes to the branch named `otherwise`, if there is one, else nowhere.
 *
 * @example
 * const { big, small } = amounts.pipe(split({ big: (cents) => cents > 1000 }, 'small'));
 * big.pipe(to('big'));
 * small.pipe(to('small'));
 * // in  amounts ann=5000@1 bob=5@2
 * // out big     ann=5000@1
 * // out small   bob=5@2
 */
export function split<In, Name extends string, Rest extends string = never>(
  predicates: { readonly [N in Name]: (value: ValueOf<In>, key: KeyOf<In>) => boolean },
  otherwise?: Rest,
): (source: StreamFor<In, 'split'>) => Branches<In, Name | Rest>;
export function split(
  predicates: Readonly<Record<string, (value: unknown, key: unknown) => boolean>>,
  otherwise?: string,
): (source: AnyStream) => Readonly<Record<string, AnyStream>> {
  const tests = Object.entries(predicates);
  return (source) => {
    const { flow, node: parent, key, value, keyChanged } = source.shape;
    const node = flow.add({ kind: 'split', parents: [parent] });
    const branch = (name: string): KStream<unknown, unknown> =>
      new KStream<unknown, unknown>({
        flow,
        node: flow.add({ kind: 'branch', name, parents: [node] }),
        key,
        value,
        keyChanged,
      });
    const branches = tests.map(([name, test]) => ({ name, test, stream: branch(name) }));
    const rest = otherwise === undefined ? undefined : branch(otherwise);
    flow.connect(node, () =>
      source.hub.add((record) => {
        for (const { test, stream } of branches) {
          if (test(record.value, record.key)) return stream.hub.emit(record);
        }
        rest?.hub.emit(record);
      }),
    );
    const named = branches.map(({ name, stream }) => [name, stream] as const);
    return Object.fromEntries(rest === undefined ? named : [...named, [otherwise, rest] as const]);
  };
}
