/**
 * A step of one's own, with a store and a punctuator: it passes on the readings of a sensor that differ from the last
 * one, and once a minute of stream time it names the sensors that have gone silent.
 *
 *     npx node examples/09-process-with-a-store.ts         # the records below, in the test driver
 *     npx millrace run examples/09-process-with-a-store.ts # the topic readings of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     0 s: attic now 20
 *     1 s: cellar now 7
 *     90 s: attic now 21
 *     90 s: cellar silent
 */
import { argv } from 'node:process';
import { integer, process, store, string, to, topology } from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';

const MINUTE = 60_000;

export const changes = topology('changes', (flow) => {
  flow.stream('readings', { key: string(), value: integer() }).pipe(
    process({
      name: 'only-changes',
      stores: [store('last-reading', integer())],
      value: string(),
      init: ({ stores: { 'last-reading': last }, forward, schedule }) => {
        schedule('streamTime', MINUTE, (now) => {
          for (const { key, timestamp } of last.range()) {
            if (timestamp > now - MINUTE) continue;
            forward({ key, value: 'silent' });
            last.delete(key);
          }
        });
        return ({ key, value }) => {
          if (last.get(key) !== value) forward({ key, value: `now ${value}` });
          last.put(key, value);
        };
      },
    }),
    to('changes'),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(changes);
  const readings = await driver.input('readings', { key: string(), value: integer() });
  const output = await driver.output('changes', { key: string(), value: string() });
  readings.pipe('attic', 20, { timestamp: 0 });
  readings.pipe('cellar', 7, { timestamp: 1000 });
  readings.pipe('attic', 20, { timestamp: 50_000 });
  readings.pipe('attic', 21, { timestamp: 90_000 });
  for (const { key, value, timestamp } of output.readAll()) console.log(`${timestamp / 1000} s: ${key} ${value}`);
}
