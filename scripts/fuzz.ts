/**
 * Asks Kafka Streams about random scenarios and compares: `npm run fuzz -- --minutes 10`. A difference is made as small
 * as it goes and stored as a regression vector. Interrupt it to end early. Options: --minutes N (default 1), --seed N (default: from the clock),
 * --family NAME (default: all in turn), --file PATH (of the vectors; default test/conformance/regressions.ndjson).
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { check } from '../test/conformance/fuzz/check.ts';
import { familyNames, generate } from '../test/conformance/fuzz/generate.ts';
import { type Answer, findOracle, Oracle } from '../test/conformance/fuzz/oracle.ts';
import { shrink } from '../test/conformance/fuzz/shrink.ts';
import type { Scenario } from '../test/conformance/interpreter/scenario.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    family: { type: 'string', multiple: true },
    file: { type: 'string', default: 'test/conformance/regressions.ndjson' },
  },
});

/** How many scenarios the oracle is asked about at once. */
const BATCH = 60;
/** How often it says how far it has come. */
const TELL_MS = 60_000;

const path = findOracle();
if (path === undefined) say('SKIPPED: there is no oracle here. Set MILLRACE_ORACLE to its `run`; it needs Java 17.');
else await fuzz(new Oracle(path));

async function fuzz(oracle: Oracle): Promise<void> {
  let end = performance.now() + Number(values.minutes) * 60_000;
  let seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
  const counts = { compared: 0, differing: 0, refused: 0 };
  say(`from seed ${seed}, for ${values.minutes} minutes`);
  // The oracle works on the next batch while this one is compared.
  let next = oracle.ask(batch(seed));
  let told = performance.now();
  process.once('SIGINT', () => {
    end = 0;
  });
  while (performance.now() < end) {
    if (performance.now() - told > TELL_MS) {
      say(`${counts.compared} compared, ${counts.differing} differ, next seed ${seed}`);
      told = performance.now();
    }
    const answers = await next;
    seed += BATCH;
    next = oracle.ask(batch(seed));
    for (const answer of answers) await take(answer, oracle, counts);
  }
  await next;
  oracle.close();
  const { compared, differing, refused } = counts;
  say(`${compared} scenarios compared, ${differing} differ (Kafka Streams refused ${refused})`);
  process.exitCode = differing === 0 ? 0 : 1;
}

function batch(seed: number): Scenario[] {
  const families = values.family ?? familyNames;
  return Array.from({ length: BATCH }, (_, i) => generate(families[i % families.length] ?? '', seed + i));
}

async function take(
  answer: Answer,
  oracle: Oracle,
  counts: { compared: number; differing: number; refused: number },
): Promise<void> {
  if ('error' in answer) {
    counts.refused++;
    return;
  }
  counts.compared++;
  const differs = await check(answer);
  if (differs === null) return;
  counts.differing++;
  say(`${answer.name}: ${differs}`);
  await keep(answer, oracle);
}

async function keep(scenario: Scenario, oracle: Oracle): Promise<void> {
  const smallest = await shrink(scenario, oracle);
  appendFileSync(values.file, `${JSON.stringify(smallest)}\n`);
  say(`  as small as it goes: ${await check(smallest)}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
