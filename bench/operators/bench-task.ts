import type { Application } from '../../src/runtime/application.ts';
import type { Codecs } from '../../src/runtime/codecs.ts';
import type { Collector } from '../../src/runtime/collector.ts';
import { ErrorPolicy } from '../../src/runtime/error-policy.ts';
import { GlobalTables } from '../../src/runtime/global-tables.ts';
import type { ResolvedSettings } from '../../src/runtime/settings.ts';
import { Task } from '../../src/runtime/task.ts';
import { systemTimers } from '../../src/runtime/timers.ts';
import type { StateBackend } from '../../src/state/store.ts';
import { CapturedLog } from '../../src/testing/captured-log.ts';
import type { Fetch } from './input.ts';

/** What all tasks of a case share. */
export interface Parts {
  readonly application: Application;
  readonly codecs: Codecs;
  readonly settings: ResolvedSettings;
  readonly backend: StateBackend;
  readonly globals: GlobalTables;
  readonly dropped: Map<string, number>;
}

/** The task of a sub-topology, at the beginning of its inputs. */
export function openTask(subtopology: number, collector: Collector, parts: Parts): Task {
  const { dropped, settings } = parts;
  const task = new Task({
    ...parts,
    id: { subtopology, partition: 0 },
    collector,
    errors: failing(settings),
    now: Date.now,
    timers: systemTimers,
    countDrop: ({ name, kind }, reason) => {
      const what = `${name ?? kind}: ${reason}`;
      dropped.set(what, (dropped.get(what) ?? 0) + 1);
    },
  });
  const positions = task.partitions.map((partition) => ({ ...partition, offset: 0 }));
  task.start(positions, positions);
  return task;
}

const failing = (settings: ResolvedSettings): ErrorPolicy =>
  new ErrorPolicy({ settings, deadLetter: () => {}, count: () => {} });

/** Global tables with these rows; they change no more. */
export function openGlobals(rows: readonly Fetch[], parts: Omit<Parts, 'globals' | 'dropped'>): Promise<GlobalTables> {
  const { settings } = parts;
  const log = new CapturedLog();
  for (const { topic, records } of rows)
    for (const { buffer, keyStart, keyEnd, valueStart, valueEnd, timestamp } of records)
      log.pipe(topic, {
        key: buffer.subarray(keyStart, keyEnd),
        value: buffer.subarray(valueStart, valueEnd),
        timestamp,
        headers: [],
      });
  return GlobalTables.open({
    ...parts,
    log,
    errors: failing(settings),
    cacheEntries: settings.storeCacheEntries,
    countDrop: () => {},
  });
}
