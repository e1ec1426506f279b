/**
 * Gathers the pages of a visit: records of a user with no more than half an hour between them. A record may join two
 * sessions; the old ones are then deleted (null) before the new one comes.
 *
 *     npx node examples/06-sessions.ts         # the records below, in the test driver
 *     npx millrace run examples/06-sessions.ts # the topic clicks of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     ann, minutes 0 to 0: /home
 *     ann, minutes 40 to 40: /lamps
 *     ann, minutes 0 to 0: null
 *     ann, minutes 40 to 40: null
 *     ann, minutes 0 to 40: /home/lamps/help
 *     ann, minutes 80 to 80: /home
 */
import { argv } from 'node:process';
import { groupByKey, session, sessionWindowed, store, string, to, topology, windowedBy } from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';

const MINUTE = 60_000;

export const visits = topology('visits', (flow) => {
  flow.stream('clicks', { key: string(), value: string() }).pipe(
    groupByKey(),
    windowedBy(session(30 * MINUTE, { grace: 30 * MINUTE })),
    store('visits', string()).aggregate({
      initial: () => '',
      add: (pages, page) => `${pages}${page}`,
      // The earlier session is `a`.
      merge: (a, b) => a + b,
    }),
    to('visits'),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(visits);
  const clicks = await driver.input('clicks', { key: string(), value: string() });
  const output = await driver.output('visits', { key: sessionWindowed(string()), value: string() });
  clicks.pipe('ann', '/home', { timestamp: 0 });
  clicks.pipe('ann', '/lamps', { timestamp: 40 * MINUTE });
  clicks.pipe('ann', '/help', { timestamp: 20 * MINUTE });
  clicks.pipe('ann', '/home', { timestamp: 80 * MINUTE });
  for (const { key, value } of output.readAll()) {
    const { start = 0, end = 0 } = key ?? {};
    console.log(`${key?.key}, minutes ${start / MINUTE} to ${end / MINUTE}: ${value}`);
  }
}
