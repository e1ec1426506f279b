import { expect, test } from 'vitest';
import { seldom } from '../../src/runtime/notices.ts';

test('the same is said again only after a minute; something else at once', () => {
  const said: string[] = [];
  let time = 0;
  const say = seldom(
    (text) => said.push(`${time / 1000}: ${text}`),
    () => time,
  );
  for (; time < 130_000; time += 10_000) say('down');
  say('up');
  expect(said).toEqual(['0: down', '60: down', '120: down', '130: up']);
});
