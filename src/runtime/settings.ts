import { z } from 'zod';
import { failure } from '../errors.ts';
import { nearest } from '../util/nearest.ts';

const errorPolicy = z.enum(['fail', 'skip', 'dead-letter']);

/**
 * The settings of a worker: one table, from which types, checks, command line flags, `MILLRACE_*` variables and help are
 * drawn. Names are Kafka Streams' in camelCase where it has the setting.
 */
export const settingsTable = {
  applicationId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'may hold letters, digits, ".", "_" and "-" only')
    .optional()
    .describe("owns the group, the state folder and the internal topics (default: the topology's name)"),
  stateDir: z.string().default('./millrace-data/state').describe('folder of the state files'),
  processingGuarantee: z
    .enum(['exactly_once', 'at_least_once'])
    .default('exactly_once')
    .describe('exactly_once: outputs, state and offsets in one transaction; at_least_once: repeats after a crash'),
  commitIntervalMs: z.coerce.number().int().min(1).default(100).describe('how often the work is committed, ms'),
  repartitionPurgeIntervalMs: z.coerce
    .number()
    .int()
    .min(1)
    .default(30_000)
    .describe('how often records of internal topics that nobody needs any more are deleted, ms'),
  checkpointIntervalMs: z.coerce
    .number()
    .int()
    .min(0)
    .default(1000)
    .describe(
      'how stale the state file may be while the worker is busy, ms; more where writing takes over a fifth of the time; an idle worker is never stale',
    ),
  bufferedRecordsPerPartition: z.coerce
    .number()
    .int()
    .min(1)
    .default(2000)
    .describe('records of a partition that wait before no more are fetched'),
  maxTaskIdleMs: z.coerce
    .number()
    .int()
    .min(-1)
    .default(0)
    .describe(
      'how long a task waits for records of an input that has none, while others have, ms; 0: only for those that the log is known to have; -1: not for them either',
    ),
  storeCacheEntries: z.coerce
    .number()
    .int()
    .min(0)
    .default(500_000)
    .describe('decoded rows kept in memory, of all stores of the worker together; global tables have as many again'),
  emit: z
    .enum(['commit', 'update'])
    .default('commit')
    .describe("commit: a table passes on a key's last value once per commit; update: every value"),
  compat: z
    .enum(['none', 'kafka-streams'])
    .default('none')
    .describe('kafka-streams: also its known errors, such as doubled results of chained joins, come out as there'),
  deserializationErrors: errorPolicy.default('fail').describe('what to do with a record whose bytes cannot be read'),
  processingErrors: errorPolicy
    .default('fail')
    .describe('what to do with a record at which a function of the topology fails'),
  productionErrors: errorPolicy
    .default('fail')
    .describe('what to do with a record of which comes more than a topic takes (max.message.bytes)'),
  contactTimeoutMs: z.coerce
    .number()
    .int()
    .min(100)
    .default(10_000)
    .describe('without an answer of the log for so long the worker says so and is not ready, ms'),
  deadLetterTopic: z
    .string()
    .optional()
    .describe('where dead letters go (default: <applicationId>-dead-letters; made if missing)'),
  transactionTimeoutMs: z.coerce
    .number()
    .int()
    .min(1000)
    .default(10_000)
    .describe('after it the log aborts a transaction whose worker is gone, ms'),
} as const;

const schema = z.strictObject(settingsTable).superRefine((settings, context) => {
  const { processingGuarantee, commitIntervalMs, transactionTimeoutMs } = settings;
  if (processingGuarantee === 'at_least_once' || commitIntervalMs < transactionTimeoutMs) return;
  const message = `must be less than transactionTimeoutMs = ${transactionTimeoutMs}, or every transaction is aborted before it is committed`;
  context.addIssue({ code: 'custom', path: ['commitIntervalMs'], message });
});

/**
 * What a user may set of a worker; `docs/settings.md` lists it all. Wrong ones throw SETTING_INVALID.
 *
 * @example
 * const settings: Settings = { applicationId: 'spending-v2', commitIntervalMs: 500, processingErrors: 'dead-letter' };
 */
export type Settings = z.input<typeof schema>;

/** All settings, checked, with defaults. */
export type ResolvedSettings = z.output<typeof schema> & {
  readonly applicationId: string;
  readonly deadLetterTopic: string;
};

/** Checks the settings together. Throws SETTING_INVALID, which names each wrong one with its value. */
export function resolveSettings(settings: Settings, topologyName: string): ResolvedSettings {
  const result = schema.safeParse(settings);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => problemOf(issue, settings));
    throw failure('SETTING_INVALID', { problems: problems.join('; ') });
  }
  const applicationId = result.data.applicationId ?? topologyName;
  return {
    ...result.data,
    applicationId,
    deadLetterTopic: result.data.deadLetterTopic ?? `${applicationId}-dead-letters`,
  };
}

function problemOf(issue: z.core.$ZodIssue, settings: Settings): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknownSetting).join('; ');
  const name = issue.path.join('.');
  const given: unknown = Object.entries(settings).find(([key]) => key === name)?.[1];
  const shown = typeof given === 'number' ? String(given) : JSON.stringify(given);
  return `${name} = ${shown}: ${issue.message}`;
}

function unknownSetting(name: string): string {
  const meant = nearest(name, Object.keys(settingsTable));
  return `there is no setting '${name}'${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
