import type { CommandDefinition } from './command.ts';

interface CommandEntry {
  /** One line of help. */
  readonly summary: string;
  /** Loads its file: only the command that runs is loaded. */
  load(): Promise<CommandDefinition>;
}

/** All commands, in the order of help. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  demo: {
    summary: 'show the order pipeline at work, in a folder of its own',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  import: {
    summary: "write a shop's events from NDJSON files to a topic",
    load: async () => (await import('./commands/import.ts')).importFiles,
  },
  simulate: {
    summary: 'write the events of a made-up shop',
    load: async () => (await import('./commands/simulate.ts')).simulateShop,
  },
  run: {
    summary: 'run topologies: the worker',
    load: async () => (await import('./commands/run.ts')).run,
  },
  query: {
    summary: 'read a store: one key, or a range',
    load: async () => (await import('./commands/query.ts')).query,
  },
  sql: {
    summary: 'ask the state in SQL',
    load: async () => (await import('./commands/sql.ts')).sql,
  },
  topology: {
    summary: 'describe topologies',
    load: async () => (await import('./commands/topology.ts')).topologyCommand,
  },
  topics: {
    summary: 'list the topics of the log',
    load: async () => (await import('./commands/topics.ts')).topics,
  },
  tail: {
    summary: 'show the records of a topic, decoded, as they come',
    load: async () => (await import('./commands/tail.ts')).tail,
  },
};
