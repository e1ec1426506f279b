import type { FetchedPartition, Fetcher, Log, Position, TopicPartition } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Checkpoint, ReadOnlyKeyValueStore } from '../state/store.ts';
import type { GlobalDeclaration } from '../topology/graph.ts';
import type { Application } from './application.ts';
import { GlobalTable, type GlobalTableParts } from './global-table.ts';

/** How long it waits for records at a time. */
const WAIT_MS = 500;

export interface GlobalTablesOptions extends GlobalTableParts {
  readonly application: Application;
  readonly log: Pick<Log, 'fetcher' | 'offsets'>;
  /** Sends what records have left behind (dead letters), before they count as read. */
  readonly send?: () => Promise<unknown>;
}

/**
 * The global tables of a worker. Each is read whole before the first record is processed, then goes on by itself: it has
 * no part in the transactions of tasks and no changelog, since its topic is one. Positions are in the state file, written
 * with the rows in one transaction, so that a restart reads only what is new.
 */
export class GlobalTables {
  readonly #options: GlobalTablesOptions;
  readonly #tables: readonly GlobalTable[];
  #fetcher: Fetcher | undefined;
  #running: Promise<void> | undefined;
  #closed = false;
  #failure: unknown;

  private constructor(options: GlobalTablesOptions) {
    this.#options = options;
    const declared = [...options.application.topology.graph.globals.values()];
    this.#tables = declared.map((declaration) => new GlobalTable(declaration, options));
  }

  /** Opens the tables and reads them up to where their topics are now. */
  static async open(options: GlobalTablesOptions): Promise<GlobalTables> {
    const tables = new GlobalTables(options);
    try {
      await tables.#load();
    } catch (error) {
      await tables.close();
      throw error;
    }
    return tables;
  }

  /** Whether a table is read from the topic. */
  reads(topic: string): boolean {
    return this.#tables.some(({ declaration }) => declaration.topic === topic);
  }

  store(name: string): ReadOnlyKeyValueStore<unknown, unknown> {
    const found = this.#tables.find(({ declaration }) => declaration.name === name);
    if (found === undefined) throw new Error(`Bug in Millrace: global table ${name} is not open`);
    return found.staged;
  }

  /** Goes on reading until `close`. An error is kept for `check`. */
  run(): void {
    if (this.#fetcher === undefined) return;
    this.#running = this.#loop(this.#fetcher).catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Throws what has ended the reading: the tables would only get older. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Looks up the schemas that such records need. */
  async learn(topic: string, records: readonly FetchedRecord[]): Promise<void> {
    for (const table of this.#tables) if (table.declaration.topic === topic) await table.learn(records);
  }

  /** Takes up what was fetched; schemas must be known. */
  take(fetched: FetchedPartition): void {
    this.#stage(fetched);
    this.#commit([fetched]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#fetcher?.close();
    await this.#running;
  }

  // --- internals

  async #load(): Promise<void> {
    if (this.#tables.length === 0) return;
    const { log } = this.#options;
    const positions: Position[] = [];
    for (const table of this.#tables) positions.push(...(await this.#positions(table)));
    const goals = await log.offsets(positions, 'stable');
    const fetcher = log.fetcher();
    this.#fetcher = fetcher;
    fetcher.assign(positions);
    let open = goals.filter((goal) => (offsetOf(positions, goal) ?? 0) < goal.offset);
    while (open.length > 0) {
      const read = await this.#poll(fetcher);
      open = open.filter((goal) => (read.find((at) => isSame(at, goal))?.position ?? 0) < goal.offset);
    }
    for (const table of this.#tables) table.isLoaded = true;
  }

  /**
   * Where to go on reading. A position that the topic does not have is of another one: it is read anew, whole;
   * so are rows that came of its records without `process`, or with it, where it is otherwise now.
   */
  async #positions({ declaration, table, staged }: GlobalTable): Promise<Position[]> {
    const { application, backend, log } = this.#options;
    const { topic } = declaration;
    const count = application.partitionsOf(topic);
    const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    const first = await log.offsets(partitions, 'earliest');
    const end = await log.offsets(partitions, 'end');
    const kept = backend.checkpoints().filter((at) => at.topic === checkpointName(declaration));
    const stale = backend.checkpoints().filter((at) => at.topic === otherCheckpointName(declaration));
    const known = partitions.map((partition) => ({
      ...partition,
      offset: kept.find((at) => at.partition === partition.partition)?.offset,
    }));
    const isThere = ({ offset, ...at }: (typeof known)[number]): boolean =>
      offset === undefined || (offset >= (offsetOf(first, at) ?? 0) && offset <= (offsetOf(end, at) ?? 0));
    const isWhole = stale.length === 0 && known.every(isThere);
    if (!isWhole) {
      backend.commit(() => {
        table.clear();
        backend.forget([...kept, ...stale]);
      }, []);
      staged.reset();
    }
    return known.map((at) => ({ ...at, offset: (isWhole ? at.offset : undefined) ?? offsetOf(first, at) ?? 0 }));
  }

  async #loop(fetcher: Fetcher): Promise<void> {
    while (!this.#closed) await this.#poll(fetcher);
  }

  async #poll(fetcher: Fetcher): Promise<FetchedPartition[]> {
    const fetched = await fetcher.poll(WAIT_MS);
    if (this.#closed || fetched.length === 0) return fetched;
    for (const { topic, records } of fetched) await this.learn(topic, records);
    for (const each of fetched) this.#stage(each);
    await this.#options.send?.();
    this.#commit(fetched);
    return fetched;
  }

  #stage(fetched: FetchedPartition): void {
    for (const table of this.#tables)
      if (table.declaration.topic === fetched.topic) for (const record of fetched.records) table.take(record, fetched);
  }

  /** Rows and positions, in one transaction of the state file. */
  #commit(fetched: readonly FetchedPartition[]): void {
    const changed = this.#tables.filter(({ declaration }) => fetched.some(({ topic }) => topic === declaration.topic));
    for (const { staged } of changed) staged.committed(staged.seal());
    this.#options.backend.commit(
      () => {
        for (const { table, staged } of changed) table.write(staged.drain());
      },
      changed.flatMap(({ declaration }) => checkpointsOf(declaration, fetched)),
    );
    for (const { staged } of changed) staged.drained();
  }
}

/** No topic can have this name: the same topic may be an input of tasks too, with positions of its own. */
const checkpointName = ({ name, topic, processing }: GlobalDeclaration): string =>
  `global/${name}/${topic}${processing === undefined ? '' : '/processed'}`;

const otherCheckpointName = ({ processing, ...of }: GlobalDeclaration): string =>
  processing === undefined ? `${checkpointName(of)}/processed` : checkpointName(of);

function checkpointsOf(declaration: GlobalDeclaration, fetched: readonly FetchedPartition[]): Checkpoint[] {
  return fetched
    .filter(({ topic }) => topic === declaration.topic)
    .map(({ partition, position }) => ({ topic: checkpointName(declaration), partition, offset: position, time: -1 }));
}

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}

function offsetOf(positions: readonly Position[], of: TopicPartition): number | undefined {
  return positions.find((at) => isSame(at, of))?.offset;
}
