import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/docs/compiler.ts';
import { exampleModule } from './example-module.ts';

const folder = join(ROOT, 'test/docs/examples');
const value = (name: string) => ({ name, isType: false });
const around = {
  exports: new Map([
    ['src/index.ts', [value('map'), value('to'), { name: 'Serde', isType: true }]],
    ['src/testing/index.ts', [value('simulate')]],
    ['src/orders/index.ts', [value('simulate')]],
    ['test/docs/preamble.ts', [value('sources'), value('logger')]],
  ]),
  sources: ['clicks', 'orders'],
  folder,
};
const made = (code: string, file = 'src/operators/map.ts') => exampleModule({ code, file, line: 7 }, 1, around);

test('what uses the streams of the preamble is part of a topology', () => {
  const { kind, text } = made("clicks.pipe(map(logger), to('orders'));");
  expect(kind).toBe('topology');
  expect(text).toContain('const clicks = sources.clicks(flow);');
  expect(text).not.toContain('const orders =');
  expect(text).toContain("import { map } from '../../../src/index.ts';");
  expect(text).toContain("import { logger } from '../preamble.ts';");
});

test('what waits, or declares its streams itself, is a program', () => {
  expect(made('await clicks.close();').kind).toBe('program');
  expect(made('const clicks = to();\nclicks.pipe();').kind).toBe('program');
});

test('an import of the example wins', () => {
  const { text } = made("import { map } from 'rxjs';\n\nclicks.pipe(map());");
  expect(text).toContain("import { map } from 'rxjs';");
  expect(text).not.toContain("import { map } from '../");
});

test('the lines of an example stay together behind the head', () => {
  const { text, headLines } = made("import {\n  map,\n} from 'rxjs';\nclicks.pipe(map());");
  expect(text.split('\n')[headLines + 3]).toBe('clicks.pipe(map());');
});

test('an example of another entry sees its exports', () => {
  expect(made('[...simulate()];', 'src/orders/simulate.ts').text).toContain("from '../../../src/orders/index.ts'");
  expect(made('simulate();', 'src/testing/simulation/simulate.ts').text).toContain(
    "from '../../../src/testing/index.ts'",
  );
});

test('an expression with a result compares', () => {
  const { text, states } = made('map(1); // → 2');
  expect(text).toContain('deepStrictEqual(map(1), 2);');
  expect(states).toBe(true);
});
