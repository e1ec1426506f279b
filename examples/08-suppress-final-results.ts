/**
 * One result for each window, and only when it is final: `suppress` holds the changing ones back until the window
 * takes no more records.
 *
 *     npx node examples/08-suppress-final-results.ts         # the records below, in the test driver
 *     npx millrace run examples/08-suppress-final-results.ts # the topic bids of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     minute 1: Map(0) {}
 *     minute 9: Map(0) {}
 *     minute 10: Map(0) {}
 *     minute 8: Map(0) {}
 *     minute 12: Map(2) { 'chair from minute 0' => 300, 'lamp from minute 0' => 800 }
 */
import { argv } from 'node:process';
import {
  groupByKey,
  integer,
  reduce,
  string,
  suppress,
  to,
  topology,
  toStream,
  tumbling,
  untilWindowCloses,
  windowedBy,
} from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';

const MINUTE = 60_000;

export const bids = topology('highest-bids', (flow) => {
  flow.stream('bids', { key: string(), value: integer() }).pipe(
    groupByKey(),
    windowedBy(tumbling(10 * MINUTE, { grace: 2 * MINUTE })),
    reduce('highest-bids', { add: (highest, bid) => Math.max(highest, bid) }),
    suppress('final-bids', untilWindowCloses()),
    toStream((_, { key, start }) => `${key} from minute ${start / MINUTE}`),
    to('final-bids', { key: string() }),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(bids);
  const input = await driver.input('bids', { key: string(), value: integer() });
  const output = await driver.output('final-bids', { key: string(), value: integer() });
  const bid = (item: string, amount: number, minute: number): void => {
    input.pipe(item, amount, { timestamp: minute * MINUTE });
    console.log(`minute ${minute}:`, output.readToMap());
  };
  bid('lamp', 500, 1);
  bid('lamp', 800, 9);
  bid('lamp', 900, 10);
  bid('chair', 300, 8);
  bid('lamp', 950, 12);
}
