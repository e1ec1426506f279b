/** Stores of every kind in a step of one's own, some of them in memory, and a repartition topic that two steps share. */
import {
  count,
  groupByKey,
  processValues,
  reduce,
  rowsOf,
  selectKey,
  sessionStore,
  string,
  to,
  topology,
  versionedStore,
  windowStore,
} from '../../../src/index.ts';

const text = { key: string(), value: string() };
const FOREVER = Number.MAX_SAFE_INTEGER;

export const ownStores = topology(
  'own-stores',
  (flow) => {
    const rows = flow.table('b', { name: 'rows', ...text });
    flow.stream('a', text).pipe(
      processValues({
        stores: [
          windowStore('windows', { ...text, retention: 200 }),
          sessionStore('sessions', { ...text, retention: 200 }),
          versionedStore('versions', { ...text, retention: 200 }),
          rowsOf('rows', rows),
        ],
        value: string(),
        init:
          ({ stores: { windows, sessions, versions, rows }, forward }) =>
          ({ key, value, timestamp }) => {
            const start = timestamp - (timestamp % 50);
            windows.put(key, `${windows.get(key, start) ?? ''}.`, start);
            const [open] = sessions.fetch(key, timestamp - 20, timestamp + 20);
            if (open !== undefined) sessions.put(key, null, open.start, open.end);
            const [first, last] = [open?.start ?? timestamp, open?.end ?? timestamp];
            sessions.put(key, `${open?.value ?? ''}i`, Math.min(first, timestamp), Math.max(last, timestamp));
            versions.put(key, value);
            const seen = [
              ...windows.fetch(key, 0, FOREVER).map((row) => `${row.start}${row.value}`),
              ...sessions.fetch(key, 0, FOREVER).map((row) => `${row.start}-${row.end}${row.value}`),
              versions.get(key, timestamp - 30)?.value,
              rows.get(key)?.value,
            ];
            forward(seen.join(' '));
          },
      }),
      to('out'),
    );
    const byWord = flow.stream('a', text).pipe(selectKey((value) => value.split(' ')[0] ?? ''));
    byWord.pipe(groupByKey({ name: 'by-word', key: string() }), count('counts'), to('counts'));
    byWord.pipe(
      groupByKey({ name: 'by-word-again', key: string() }),
      reduce('largest', { add: (a, b) => (a.localeCompare(b) < 0 ? b : a) }),
      to('largest'),
    );
  },
  {
    optimization: 'all',
    stores: { windows: { inMemory: true }, counts: { inMemory: true }, rows: { inMemory: true } },
  },
);
