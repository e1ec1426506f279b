import { keyValueStore, process, processValues, string } from '../../../src/index.ts';
import type { KeyValueStoreDeclaration } from '../../../src/operators/key-value-store.ts';
import { type Build, type Context, type Family, inputOf, need, type Stream } from './context.ts';
import type { NodeSpec, Text } from './scenario.ts';

/** The processors that the language knows, by name. */
export const processors: Family = {
  process: (context, node) => made(PROCESSORS, context, node),
  processValues: (context, node) => made(VALUE_PROCESSORS, context, node),
};

function made(table: Record<string, Make>, context: Context, node: NodeSpec): ReturnType<Build> {
  const make = table[need(node, 'processor')];
  if (make === undefined) throw new Error(`unknown processor ${node.processor}`);
  context.set(node.id, make(context.stream(inputOf(node)), node));
}

type Make = (stream: Stream, node: NodeSpec) => Stream;
type TextStore = KeyValueStoreDeclaration<string, string, string>;

const storeOf = (node: NodeSpec): TextStore => keyValueStore(need(node, 'store'), { key: string(), value: string() });

const PROCESSORS: Record<string, Make> = {
  dedup: (stream, node) => {
    const store = storeOf(node);
    return stream.pipe(
      process({
        stores: [store],
        init:
          ({ stores, forward }) =>
          (record) => {
            const { key, value } = record;
            const rows = stores[store.name];
            if (key === null || rows === undefined || (rows.get(key) ?? null) === value) return;
            rows.put(key, value);
            forward(record);
          },
      }),
    );
  },
  streamTimeCounter: (stream, node) => counter(stream, node, 'streamTime'),
  wallClockCounter: (stream, node) => counter(stream, node, 'wallClock'),
  swap: (stream) =>
    stream.pipe(
      process({
        init:
          ({ forward }) =>
          ({ key, value }) =>
            forward({ key: value, value: key }),
      }),
    ),
  fanOut: (stream, node) => {
    const offsets = need(node, 'offsets');
    return stream.pipe(
      process({
        init:
          ({ forward }) =>
          ({ key, value, timestamp }) => {
            for (const offset of offsets)
              forward({ key, value: `${value}#${offset}`, timestamp: Math.max(0, timestamp + offset) });
          },
      }),
    );
  },
  addHeader: (stream, node) => {
    const name = need(node, 'header');
    return stream.pipe(
      process({
        init:
          ({ forward }) =>
          (record) =>
            forward({ ...record, headers: [...record.headers, [name, Buffer.from(String(record.value))]] }),
      }),
    );
  },
};

function counter(stream: Stream, node: NodeSpec, clock: 'streamTime' | 'wallClock'): Stream {
  const store = storeOf(node);
  const every = need(node, 'every');
  return stream.pipe(
    process({
      stores: [store],
      init: ({ stores, forward, schedule }) => {
        const rows = stores[store.name];
        if (rows === undefined) throw new Error(`no store ${store.name}`);
        schedule(clock, every, () => {
          for (const { key, value } of rows.range()) {
            forward({ key, value });
            rows.delete(key);
          }
        });
        return ({ key }) => {
          if (key !== null) rows.put(key, String(Number(rows.get(key) ?? 0) + 1));
        };
      },
    }),
  );
}

const VALUE_PROCESSORS: Record<string, Make> = {
  number: (stream, node) => {
    const store = storeOf(node);
    return stream.pipe(
      processValues({
        stores: [store],
        init:
          ({ stores, forward }) =>
          ({ key, value }) => {
            const rows = stores[store.name];
            const number = key === null ? 0 : Number(rows?.get(key) ?? 0) + 1;
            if (key !== null) rows?.put(key, String(number));
            forward(`${value}#${number}`);
          },
      }),
    );
  },
  previous: (stream, node) => {
    const store = storeOf(node);
    return stream.pipe(
      processValues({
        stores: [store],
        init:
          ({ stores, forward }) =>
          ({ key, value }) => {
            if (key === null) return;
            const rows = stores[store.name];
            const previous: Text = rows?.get(key) ?? null;
            rows?.put(key, value);
            forward(`${previous}>${value}`);
          },
      }),
    );
  },
  timestamps: (stream) =>
    stream.pipe(
      processValues({
        init:
          ({ forward, currentStreamTimeMs }) =>
          ({ value, timestamp }) =>
            forward(`${value}@${timestamp}/${currentStreamTimeMs()}`),
      }),
    ),
};
