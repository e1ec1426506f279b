/**
 * Counts words: each line becomes its words, the words are grouped by themselves, a table counts them.
 *
 *     npx node examples/01-word-count.ts         # the records below, in the test driver
 *     npx millrace run examples/01-word-count.ts # the topic lines of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     to 1
 *     be 1
 *     or 1
 *     not 1
 *     to 2
 *     be 2
 *     let 1
 *     it 1
 *     be 3
 */
import { argv } from 'node:process';
import { count, flatMapValues, groupBy, integer, string, to, topology } from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';
export const wordCount = topology('word-count', (flow) => {
  flow.stream('lines', { key: string(), value: string() }).pipe(
    flatMapValues((line) => line.toLowerCase().match(/\p{L}+/gu) ?? []),
    groupBy('by-word', (word) => word, { key: string(), value: string() }),
    count('word-counts'),
    to('word-counts'),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(wordCount);
  const lines = await driver.input('lines', { key: string(), value: string() });
  const counts = await driver.output('word-counts', { key: string(), value: integer() });
  lines.pipe('line-1', 'To be, or not to be');
  lines.pipe('line-2', 'Let it be');
  for (const { key, value } of counts.readAll()) console.log(key, value);
}
