/** Checked by `tsc`, never run: what processors see of the stores they are connected with. */
import {
  type Flow,
  integer,
  nullable,
  processValues,
  rowsOf,
  sessionStore,
  string,
  versionedStore,
  windowStore,
} from '../../src/index.ts';

declare const flow: Flow;

const stream = flow.stream('visits', { key: string(), value: string() });
const users = flow.table('users', { key: string(), value: integer(), name: 'users' });
const zones = flow.globalTable('zones', { key: integer(), value: string(), name: 'zones' });
const as = { key: string(), value: integer(), retention: 1000 };

stream.pipe(
  processValues({
    stores: [
      windowStore('windows', as),
      sessionStore('sessions', as),
      versionedStore('versions', as),
      rowsOf('users', users),
      rowsOf('zones', zones),
    ],
    value: nullable(string()),
    init:
      ({ stores: { windows, sessions, versions, users, zones }, forward }) =>
      ({ key, timestamp }) => {
        windows.put(key, (windows.get(key, timestamp) ?? 0) + 1, timestamp);
        sessions.put(key, (sessions.fetch(key, timestamp, timestamp)[0]?.value ?? 0) + 1, timestamp, timestamp);
        versions.put(key, (versions.get(key, timestamp)?.value ?? 0) + 1);
        const user: number | undefined = users.get(key)?.value;
        forward(zones.get(user ?? 0)?.value ?? null);
        // @ts-expect-error the start of the window is missing
        windows.put(key, 1);
        // @ts-expect-error a value of another type
        sessions.put(key, 'one', timestamp, timestamp);
        // @ts-expect-error the key of this table is a number
        zones.get(key);
        // @ts-expect-error the rows of a table are to read
        users.put(key, 1);
      },
  }),
);
