import type { Log, Producer, TaskId } from '../log/port.ts';
import type { StateBackend } from '../state/store.ts';
import type { Application } from './application.ts';
import type { Codecs } from './codecs.ts';
import { Collector } from './collector.ts';
import { ErrorPolicy } from './error-policy.ts';
import type { GlobalTables } from './global-tables.ts';
import type { WorkerMetrics } from './metrics.ts';
import { restore } from './restore.ts';
import type { ResolvedSettings } from './settings.ts';
import { startPositions } from './start-positions.ts';
import { Task } from './task.ts';
import type { Timing } from './timing.ts';

export interface OpenTaskOptions {
  readonly application: Application;
  readonly log: Log;
  readonly codecs: Codecs;
  readonly backend: StateBackend;
  readonly globals: GlobalTables;
  readonly settings: ResolvedSettings;
  readonly metrics: WorkerMetrics;
  /** Told what somebody who runs the worker should know. */
  readonly notify?: (text: string) => void;
  /** Whose transactions its outputs are part of. */
  readonly producer: Producer;
  readonly timing: Timing;
  /** Looked at while the stores are restored: true gives the task up. */
  readonly cancelled: () => boolean;
}

/** Builds a task, restores its stores, takes up its inputs. Undefined where it was cancelled meanwhile. */
export async function openTask(id: TaskId, options: OpenTaskOptions): Promise<Task | undefined> {
  const { log, application, backend, metrics, notify, timing, cancelled } = options;
  // So that a record that is too large for one of them is refused when it is written, not by the commit.
  await log.describeTopics(internalTopicsOf(id, application));
  const task = build(id, options);
  const { partitions } = task;
  // The order matters: stable offsets first, then the end of the changelogs (see `restore`).
  const committed = await log.committed(application.id, partitions);
  metrics.restored(await restore(task.stores.all(), { log, backend, committed, cancelled, notify }));
  if (cancelled()) return undefined;
  task.stores.reset();
  const onReset = ({ topic }: { topic: string }): void => metrics.reset(topic);
  const positions = await startPositions(log, application, { partitions, committed, now: timing.now(), onReset });
  // A position that nobody has committed is committed first of all, or a crash would begin at a later 'latest'.
  task.start(positions, await log.offsets(partitions, 'stable'), committed);
  // The state file may be new, or as old as the last stay of the task here.
  task.recall([...backend.checkpoints(), ...committed]);
  return cancelled() ? undefined : task;
}

/** Topics that the task writes and that did not exist when the application was bound. */
function internalTopicsOf({ subtopology }: TaskId, application: Application): string[] {
  const { changelogs = [], repartitionSinks = [] } = application.subtopologies[subtopology] ?? {};
  return [...changelogs.map(({ name }) => name), ...repartitionSinks];
}

function build(id: TaskId, options: OpenTaskOptions): Task {
  const { application, codecs, backend, globals, settings, metrics, producer, timing } = options;
  const collector = new Collector(application, codecs, producer);
  return new Task({
    id,
    application,
    codecs,
    collector,
    backend,
    settings,
    globals,
    now: () => timing.now(),
    timers: timing.timers,
    errors: new ErrorPolicy({
      settings,
      deadLetter: (record) => collector.raw(settings.deadLetterTopic, 0, record),
      count: (stage, outcome, topic) => metrics.rejected(stage, outcome, topic),
    }),
    countDrop: (node, reason) => metrics.dropped(node.name ?? node.kind, reason),
  });
}
