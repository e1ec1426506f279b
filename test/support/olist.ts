import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe } from 'vitest';

/** Real order events beside the checkout, where a developer has them; they are not part of the project. */
const FOLDER = join(import.meta.dirname, '../../../shared/data/olist');

export const olistTopics = ['orders', 'payments', 'shipments', 'cancellations'] as const;
export const olistFile = (topic: string): string => join(FOLDER, `${topic}.ndjson.gz`);

/** Tests on the real events; left out, loudly, where these are not there. */
export function describeWithOlist(name: string, body: () => void): void {
  const isThere = existsSync(FOLDER);
  // biome-ignore lint/suspicious/noConsole: a skipped test must be seen in the run's output.
  if (!isThere) console.warn(`SKIPPED: ${name}, needs the Olist events in ${FOLDER}`);
  describe.skipIf(!isThere)(name, body);
}

function rows(file: string): string[][] {
  const [, ...lines] = gunzipSync(readFileSync(join(FOLDER, file)))
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line) => line.split(','));
}

/** `141.90` as 14190, by its text. */
const cents = (amount = ''): number => Number(amount.replace('.', ''));

/** By user id. */
export function expectedUserTotals(): Map<string, Record<string, unknown>> {
  return new Map(
    rows('expected-user-totals.csv.gz').map(([user_id = '', count, total, paid, last]) => [
      user_id,
      {
        user_id,
        order_count: Number(count),
        total_cents: cents(total),
        paid_cents: cents(paid),
        last_order_at: Number(last),
      },
    ]),
  );
}

/** By order id. */
export function expectedOrderStatus(): Map<string, Record<string, unknown>> {
  return new Map(
    rows('expected-order-status.csv.gz').map(([order_id = '', user_id, status, total, paid, updated]) => [
      order_id,
      { order_id, user_id, status, total_cents: cents(total), paid_cents: cents(paid), updated_at: Number(updated) },
    ]),
  );
}
