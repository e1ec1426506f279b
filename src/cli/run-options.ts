import { z } from 'zod';
import { settingsTable } from '../runtime/settings.ts';
import type { OptionsOf } from './option-table.ts';
import { partitionsOption } from './shared-options.ts';

/** The state's folder is a global option here. */
const { stateDir: _, ...workerOptions } = settingsTable;

/** Of the command `run`: the settings of a worker, and what is the command's own. */
export const runOptions = {
  untilEnd: z.boolean().default(false).meta({ description: 'process all that is there, commit, end' }),
  http: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .meta({ description: 'serve stores, metrics and health over HTTP', value: 'PORT' }),
  httpHost: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'address to serve on; others than this machine reach 0.0.0.0', value: 'ADDRESS' }),
  createTopics: z
    .boolean()
    .default(false)
    .meta({ description: 'make topics that are missing on Kafka too (the embedded log always makes them)' }),
  partitions: partitionsOption,
  ...workerOptions,
} as const;

/** The settings for one worker. */
export function workerSettings(
  options: OptionsOf<typeof runOptions>,
  stateDir: string,
): OptionsOf<typeof settingsTable> {
  const { untilEnd: _a, http: _b, httpHost: _c, createTopics: _d, partitions: _e, ...settings } = options;
  return { ...settings, stateDir };
}
