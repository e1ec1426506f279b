/**
 * Counts views of a page a minute. A window takes records until time is past its end by the grace; what comes later
 * still is not dropped here, but goes to a topic of its own.
 *
 *     npx node examples/05-windowed-counts.ts         # the records below, in the test driver
 *     npx millrace run examples/05-windowed-counts.ts # the topic views of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     /home in minute 0: 1
 *     /home in minute 1: 1
 *     /home in minute 0: 2
 *     /help in minute 2: 1
 *     dan came too late for minute 0
 */
import { argv } from 'node:process';
import {
  count,
  groupByKey,
  integer,
  string,
  to,
  topology,
  toStream,
  tumbling,
  windowed,
  windowedBy,
} from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';

const MINUTE = 60_000;

export const views = topology('views-per-minute', (flow) => {
  flow.stream('views', { key: string(), value: string() }).pipe(
    groupByKey(),
    windowedBy(tumbling(MINUTE, { grace: MINUTE }), { late: (late) => late.pipe(to('late-views')) }),
    count('views-per-minute'),
    toStream((_, { key, start }) => `${key} in minute ${start / MINUTE}`),
    to('views-per-minute', { key: string() }),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(views);
  const input = await driver.input('views', { key: string(), value: string() });
  const counts = await driver.output('views-per-minute', { key: string(), value: integer() });
  const late = await driver.output('late-views', { key: windowed(string(), MINUTE), value: string() });
  input.pipe('/home', 'ann', { timestamp: 10_000 });
  input.pipe('/home', 'bob', { timestamp: 70_000 });
  input.pipe('/home', 'cleo', { timestamp: 20_000 });
  input.pipe('/help', 'ann', { timestamp: 130_000 });
  input.pipe('/home', 'dan', { timestamp: 30_000 });
  for (const { key, value } of counts.readAll()) console.log(`${key}: ${value}`);
  for (const { key, value } of late.readAll())
    console.log(`${value} came too late for minute ${(key?.start ?? 0) / MINUTE}`);
}
