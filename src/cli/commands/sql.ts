import { defineCommand } from '../command.ts';
import { openState } from '../open-state.ts';
import { formatOption, printRows } from '../row-format.ts';
import { applicationIdOption } from '../shared-options.ts';

export const sql = defineCommand({
  arguments: 'SELECT',
  description:
    'Runs one SELECT on the state, as last committed; a worker may run meanwhile. Every store is a table of its name, with a column for each field: write "user-totals" in double quotes.',
  options: { format: formatOption, applicationId: applicationIdOption },
  examples: [
    `millrace sql 'SELECT status, count(*) FROM "order-status" GROUP BY status'`,
    `millrace sql 'SELECT * FROM "user-totals" ORDER BY total_cents DESC LIMIT 5' --format csv`,
  ],
  async run({ args, options, settings, stdout }) {
    const [text = ''] = args;
    const state = openState(settings, { applicationId: options.applicationId, sql: text });
    try {
      const { columns, rows } = state.sql(text);
      const named = (row: readonly unknown[]): [string, unknown][] => columns.map((name, at) => [name, row[at]]);
      await printRows(stdout, options.format, {
        rows,
        columns,
        cells: named,
        json: (row) => Object.fromEntries(named(row)),
      });
    } finally {
      state.close();
    }
  },
});
