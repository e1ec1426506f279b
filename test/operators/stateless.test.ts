import { map as rxMap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { filter, flatMap, map, mapValues, merge, peek, selectKey, string, to } from '../../src/index.ts';
import { run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };

describe('stateless operators', () => {
  test('filter keeps what passes, with key, time and order', async () => {
    const { pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        filter((value) => value?.startsWith('a') ?? false),
        to('out'),
      );
    });
    expect(pipe('in', ['k', 'a1', 5], ['k', 'b', 6], ['k', null, 7], ['l', 'a2', 3])).toEqual([
      ['k', 'a1', 5],
      ['l', 'a2', 3],
    ]);
  });

  test('mapValues sees value and key, and keeps time and headers', async () => {
    const { driver } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        mapValues((value, key) => `${key}=${value}`),
        to('out', { value: string() }),
      );
    });
    const input = await driver.input('in', keyText);
    const output = await driver.output('out', keyText);
    input.pipe('k', 'v', { timestamp: 9, headers: [['h', Buffer.from('x')]] });
    expect(output.readAll()).toEqual([{ key: 'k', value: 'k=v', timestamp: 9, headers: [['h', Buffer.from('x')]] }]);
  });

  test('map, flatMap and selectKey make new keys', async () => {
    const { pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        flatMap((value, key) => (value ?? '').split(' ').map((word) => [key, word] as const)),
        map((value, key) => [value, key] as const),
        selectKey((value, key) => `${key}/${value}`),
        to('out', keyText),
      );
    });
    expect(pipe('in', ['k', 'x y', 1])).toEqual([
      ['x/k', 'k', 1],
      ['y/k', 'k', 1],
    ]);
  });

  test('merge keeps the order of arrival, peek sees each record once', async () => {
    const seen: unknown[] = [];
    const { pipe } = await run(['in', 'more'], (flow) => {
      flow.stream('in', keyText).pipe(
        merge(flow.stream('more', keyText)),
        peek((value) => seen.push(value)),
        to('out'),
      );
    });
    expect([...pipe('in', ['a', '1', 1]), ...pipe('more', ['b', '2', 0]), ...pipe('in', ['a', '3', 2])]).toEqual([
      ['a', '1', 1],
      ['b', '2', 0],
      ['a', '3', 2],
    ]);
    expect(seen).toEqual(['1', '2', '3']);
  });

  test('a stream is an RxJS Observable', async () => {
    const seen: unknown[] = [];
    const { pipe } = await run(['in'], (flow) => {
      const stream = flow.stream('in', keyText);
      stream.pipe(rxMap(({ value }) => value)).subscribe((value) => seen.push(value));
      stream.pipe(to('out'));
    });
    pipe('in', ['k', 'a', 1]);
    expect(seen).toEqual(['a']);
  });
});
