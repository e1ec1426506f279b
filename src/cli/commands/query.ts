import { z } from 'zod';
import { failure } from '../../errors.ts';
import type { ViewRow } from '../../query/store-views.ts';
import { defineCommand } from '../command.ts';
import { openState } from '../open-state.ts';
import { formatOption, printRows } from '../row-format.ts';
import { applicationIdOption } from '../shared-options.ts';

export const query = defineCommand({
  arguments: 'STORE [KEY]',
  description:
    'Prints the row of a key, or rows in key order, as last committed; a worker may run meanwhile. A key that is a record is written as JSON.',
  options: {
    from: z.string().optional().meta({ description: 'the first key, itself included', value: 'KEY' }),
    to: z.string().optional().meta({ description: 'the last key, itself included', value: 'KEY' }),
    prefix: z.string().optional().meta({ description: 'only keys that begin with it' }),
    limit: z.coerce.number().int().min(0).optional().meta({ description: 'at most so many rows' }),
    format: formatOption,
    applicationId: applicationIdOption,
  },
  examples: [
    'millrace query user-totals user-0000007',
    'millrace query order-status --prefix order-00001 --limit 10',
    'millrace query user-totals --format ndjson',
  ],
  async run({ args, options, settings, stdout }) {
    const [store = '', key] = args;
    const { from, to, prefix, limit, format, applicationId } = options;
    const range = {
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(prefix !== undefined && { prefix }),
      ...(limit !== undefined && { limit }),
    };
    if (key !== undefined && Object.keys(range).length > 0) {
      throw failure('SETTING_INVALID', { problems: 'a KEY goes with none of --from, --to, --prefix and --limit' });
    }
    const state = openState(settings, { applicationId, store });
    try {
      const rows = key === undefined ? state.range(store, range) : [state.get(store, key)].filter(isThere);
      if (Array.isArray(rows) && rows.length === 0) throw failure('KEY_UNKNOWN', { store, key });
      await printRows(stdout, format, { rows, cells, json });
    } finally {
      state.close();
    }
  },
});

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function json({ key, value, timestamp }: ViewRow): object {
  return { key, value, timestamp };
}

/** The fields of a record each have a column; the key's come first. */
function cells({ key, value, timestamp }: ViewRow): [string, unknown][] {
  return [...named('key', key), ...named('value', value), ['timestamp', timestamp]];
}

function named(name: string, value: unknown): [string, unknown][] {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? Object.entries(value) : [[name, value]];
}
