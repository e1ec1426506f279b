/**
 * Keeps some records, changes their values, and sends them to one of two topics: steps without any state.
 *
 *     npx node examples/02-filter-and-map.ts         # the records below, in the test driver
 *     npx millrace run examples/02-filter-and-map.ts # the topic temperatures of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     frost cellar: -1.2 °C
 *     heat attic: 38.4 °C
 */
import { argv } from 'node:process';
import { filter, integer, mapValues, split, string, to, topology } from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';

const asText = (tenths: number, sensor: string): string => `${sensor}: ${(tenths / 10).toFixed(1)} °C`;

export const alarms = topology('alarms', (flow) => {
  // Tenths of a degree, by sensor.
  const { frost, heat } = flow.stream('temperatures', { key: string(), value: integer() }).pipe(
    filter((tenths) => tenths < 0 || tenths > 300),
    split({ frost: (tenths) => tenths < 0, heat: () => true }),
  );
  frost.pipe(mapValues(asText), to('frost', { value: string() }));
  heat.pipe(mapValues(asText), to('heat', { value: string() }));
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(alarms);
  const temperatures = await driver.input('temperatures', { key: string(), value: integer() });
  temperatures.pipe('cellar', -12);
  temperatures.pipe('kitchen', 215);
  temperatures.pipe('attic', 384);
  for (const topic of ['frost', 'heat']) {
    const output = await driver.output(topic, { key: string(), value: string() });
    for (const { value } of output.readAll()) console.log(topic, value);
  }
}
