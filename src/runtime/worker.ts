import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry as MetricsRegistry } from 'prom-client';
import { failure, isMillraceError, type MillraceError } from '../errors.ts';
import type { Log } from '../log/port.ts';
import type { Registry } from '../serde/registry/registry.ts';
import { openStateFile } from '../state/sqlite/state-file.ts';
import type { StateBackend } from '../state/store.ts';
import type { Topology } from '../topology/topology.ts';
import { Application } from './application.ts';
import { Codecs } from './codecs.ts';
import { openDeadLetterTopic } from './dead-letters.ts';
import { ErrorPolicy } from './error-policy.ts';
import { GlobalLetters } from './global-letters.ts';
import { GlobalTables } from './global-tables.ts';
import { InputEnds } from './input-ends.ts';
import { LogContact } from './log-contact.ts';
import { WorkerMetrics } from './metrics.ts';
import { seldom } from './notices.ts';
import { type ResolvedSettings, resolveSettings, type Settings } from './settings.ts';
import { withStoresInMemory } from './split-backend.ts';
import { StateWatch } from './state-watch.ts';
import { StreamThread } from './stream-thread.ts';
import { refuseVolatileState } from './volatile-state.ts';

/**
 * What a worker runs, and on what.
 *
 * @see `createWorker`
 */
export interface WorkerOptions {
  readonly topology: Topology;
  readonly log: Log;
  readonly registry: Registry;
  readonly settings?: Settings;
  /** Where it counts; one may be shared by several workers. */
  readonly metrics?: MetricsRegistry;
  /**
   * Opens what committed state is kept in, instead of a state file: memory (`MemoryBackend`), or a back end of one's own.
   * What it does not hold is read from the changelogs. Only state files can be queried.
   *
   * @example
   * createWorker({ topology: spending, log, registry, backend: () => new MemoryBackend() });
   */
  readonly backend?: (place: StatePlace) => StateBackend;
  /** `host:port` where this worker answers queries, told to the others of the group. */
  readonly endpoint?: string;
  /** Told what whoever runs it should know: that the log is silent, that work is done again. Default: a line on stderr. */
  readonly notify?: (text: string) => void;
}

/**
 * Whose state a back end is to keep, and where.
 *
 * @see `WorkerOptions`
 */
export interface StatePlace {
  /** Of the state file that there would be. */
  readonly path: string;
  readonly applicationId: string;
}

/** `starting` until the first tasks are restored; `failed` and `stopped` are final. */
export type WorkerState = 'created' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed';

/** How often `untilEnd` looks whether all is done. */
const LOOK_MS = 50;

/**
 * Runs a topology on a log: joins the group of its application id, takes its share of the tasks, keeps their state in a
 * state file. Start more workers to share the work; each needs a state folder of its own. What ends it (a fatal error)
 * comes out of `finished`, `ready`, `untilEnd` and `stop`.
 *
 * @see `createWorker`
 */
export class Worker {
  readonly #topology: Topology;
  readonly #log: Log;
  readonly #registry: Registry;
  readonly #endpoint: string | undefined;
  readonly #openBackend: (place: StatePlace) => StateBackend;
  /** All settings, with defaults. */
  readonly settings: ResolvedSettings;
  readonly #metrics: WorkerMetrics;
  readonly #notify: (text: string) => void;
  readonly #contact: LogContact;
  #state: WorkerState = 'created';
  #application: Application | undefined;
  #backend: StateBackend | undefined;
  #globals: GlobalTables | undefined;
  #letters: GlobalLetters | undefined;
  #thread: StreamThread | undefined;
  #running: Promise<void> | undefined;
  #starting: Promise<void> | undefined;

  constructor({
    topology,
    log,
    registry,
    settings = {},
    metrics,
    endpoint,
    backend = openStateFile,
    notify,
  }: WorkerOptions) {
    this.#topology = topology;
    this.#log = log;
    this.#registry = registry;
    this.#endpoint = endpoint;
    this.#openBackend = backend;
    this.settings = resolveSettings(settings, topology.name);
    const { applicationId, contactTimeoutMs: timeoutMs } = this.settings;
    this.#metrics = new WorkerMetrics(applicationId, metrics);
    this.#notify = seldom(notify ?? ((text) => void process.stderr.write(`${applicationId}: ${text}\n`)));
    this.#contact = new LogContact({ log, timeoutMs, notify: this.#notify, metrics: this.#metrics });
  }

  /** What it does at present. */
  get state(): WorkerState {
    if (this.#state === 'starting' && this.#thread?.isRunning) this.#state = 'running';
    return this.#state;
  }

  /** What it counts, for Prometheus. */
  get metrics(): MetricsRegistry {
    return this.#metrics.registry;
  }

  /** The state file: any SQLite tool may open it to read, while the worker runs too. */
  get stateFile(): string {
    return join(this.settings.stateDir, this.settings.applicationId, '0.db');
  }

  /** Records in the log that this worker's tasks have not processed, as last seen. */
  get lag(): number {
    return this.#thread?.lag ?? 0;
  }

  /** LOG_SILENT while the log has not answered for `contactTimeoutMs`: what is read and written waits for it. */
  get silence(): MillraceError | null {
    return this.#contact.silence;
  }

  /**
   * Checks topics and schemas, opens the state file and joins the group. Resolves when the member is known; tasks may
   * still be restoring (see `ready`). Throws what is wrong with topics, schemas, settings or the state file: TOPIC_UNKNOWN,
   * PATTERN_UNMATCHED, NOT_COPARTITIONED, TOPIC_PARTITIONS_DIFFER, SCHEMA_INCOMPATIBLE, STATE_VOLATILE, STATE_FILE_LOCKED,
   * STATE_FILE_FOREIGN, GROUP_TOPOLOGY_DIFFERS. What a task meets later, such as STATE_STORE_CHANGED or RECORD_REJECTED,
   * comes out of `finished`.
   */
  async start(): Promise<void> {
    this.#state = 'starting';
    try {
      this.#starting = this.#open();
      await this.#starting;
    } catch (error) {
      this.#state = 'failed';
      await this.#closeGlobals();
      this.#backend?.close();
      throw error;
    }
  }

  /** Resolves when the first tasks are restored and run. Rejects if the worker fails before. */
  async ready(): Promise<void> {
    await this.#poll(() => this.state === 'running');
  }

  /** Resolves when the worker has stopped, rejects with the reason if it failed. */
  async finished(): Promise<void> {
    await this.#running;
  }

  /**
   * Processes what is in the inputs now and all that follows from it, commits and stops. Other workers of the group may
   * do part of it.
   */
  async untilEnd(): Promise<void> {
    const inputs = this.#application && new InputEnds(this.#application, this.#log);
    const ends = (await inputs?.now()) ?? [];
    await this.#poll(async () => this.#thread?.isIdle === true && (await inputs?.areReached(ends)) !== false);
    await this.stop();
  }

  /** Commits what is done, gives the tasks back, closes the state file. */
  async stop(): Promise<void> {
    if (this.#state === 'starting' || this.#state === 'running') this.#state = 'stopping';
    // A worker that is just starting is stopped before it takes its first record.
    await this.#starting?.catch(() => {});
    this.#thread?.stop();
    await this.#running;
  }

  async #open(): Promise<void> {
    const { settings } = this;
    refuseVolatileState(this.#topology, settings);
    const application = await Application.bind(settings.applicationId, this.#topology, this.#log);
    const codecs = await Codecs.open(application, this.#registry);
    const stepsWithLetters = application.topology.graph.nodes.some(({ deadLetters }) => deadLetters === true);
    const { deserializationErrors, processingErrors, productionErrors } = settings;
    if ([deserializationErrors, processingErrors, productionErrors].includes('dead-letter') || stepsWithLetters)
      await openDeadLetterTopic(this.#log, settings.deadLetterTopic);
    const place = { path: this.stateFile, applicationId: settings.applicationId };
    const backend = withStoresInMemory(this.#openBackend(place), application);
    this.#backend = backend;
    const globals = await this.#openGlobals({ application, codecs, backend });
    const processId = randomUUID();
    const thread = await StreamThread.open({
      application,
      log: this.#log,
      codecs,
      backend,
      globals,
      settings,
      metrics: this.#metrics,
      notify: this.#notify,
      join: () =>
        this.#log.join({
          group: application.id,
          memberId: backend.identity.memberId,
          processId,
          subtopologies: application.subtopologies,
          ...(this.#endpoint === undefined ? {} : { endpoint: this.#endpoint }),
        }),
    });
    this.#application = application;
    this.#thread = thread;
    if (this.#state === 'stopping') thread.stop();
    globals.run();
    this.#contact.start();
    this.#running = this.#run(thread, backend, application);
    // Whoever calls stop, finished or untilEnd gets the error; nobody need call them at once.
    this.#running.catch(() => {});
  }

  async #run(thread: StreamThread, backend: StateBackend, application: Application): Promise<void> {
    let gone = false;
    const watch = new StateWatch(this.stateFile, () => {
      gone = true;
      thread.stop();
    });
    try {
      await watch.start();
      await thread.run();
      if (gone) throw failure('STATE_FILE_GONE', { path: this.stateFile });
      this.#state = 'stopped';
    } catch (error) {
      this.#state = 'failed';
      throw explained(error, application);
    } finally {
      watch.stop();
      this.#contact.stop();
      await this.#closeGlobals();
      backend.close();
    }
  }

  /** Reads the global tables whole, before any task runs. */
  async #openGlobals(of: { application: Application; codecs: Codecs; backend: StateBackend }): Promise<GlobalTables> {
    const { settings } = this;
    const letters = new GlobalLetters(this.#log, settings.deadLetterTopic);
    this.#letters = letters;
    this.#globals = await GlobalTables.open({
      ...of,
      log: this.#log,
      cacheEntries: settings.storeCacheEntries,
      errors: new ErrorPolicy({
        settings,
        deadLetter: (record) => letters.add(record),
        count: (stage, outcome, topic) => this.#metrics.rejected(stage, outcome, topic),
      }),
      send: () => letters.send(),
      countDrop: (table, reason) => this.#metrics.dropped(table, reason),
    });
    return this.#globals;
  }

  async #closeGlobals(): Promise<void> {
    await this.#globals?.close();
    await this.#letters?.close();
  }

  async #poll(done: () => boolean | Promise<boolean>): Promise<void> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    const running = this.#running?.then(end, end);
    while (!ended && !(await done())) await Promise.race([sleep(LOOK_MS), running]);
    if (ended) await this.#running;
  }
}

/** A topic that nobody but the application has use for is not one to create or to spell otherwise. */
function explained(error: unknown, application: Application): unknown {
  if (!isMillraceError(error, 'TOPIC_UNKNOWN')) return error;
  const topic = String(error.context['topic']);
  return application.isInternal(topic) ? failure('INTERNAL_TOPIC_GONE', { topic }, error) : error;
}

/**
 * A worker for a topology; `start` it. Throws SETTING_INVALID.
 *
 * @example
 * const copy = topology('copy', (flow) => {
 *   flow.stream('clicks', { key: string(), value: string() }).pipe(to('copies'));
 * });
 * const { log, registry, close } = await openEmbedded({ path: 'worker.db' });
 * await log.createTopics(['clicks', 'copies'].map((name) => ({ name, partitions: 1 })));
 * const worker = createWorker({ topology: copy, log, registry, settings: { stateDir: 'state' } });
 * await worker.start();
 * await worker.untilEnd();
 * worker.state; // → 'stopped'
 * await close();
 */
export function createWorker(options: WorkerOptions): Worker {
  return new Worker(options);
}
