import { describe, expect, it } from 'vitest';
import { printRows, type RowFormat, type Rows } from '../../src/cli/row-format.ts';

async function printed<T>(format: RowFormat, rows: Rows<T>): Promise<string> {
  const parts: string[] = [];
  await printRows({ isTTY: false, write: (part) => void parts.push(part) }, format, rows);
  return parts.join('');
}

const values = [
  { name: 'a,"b"', amount: 5, at: null },
  { name: 'line\nbreak', amount: 9007199254740993n, at: [1] },
];
const rows = {
  rows: values,
  cells: (row: object): [string, unknown][] => Object.entries(row),
  json: (row: object) => row,
};

describe('printRows', () => {
  it('a table: numbers to the right, control characters harmless, no blanks at line ends', async () => {
    expect(await printed('table', rows)).toMatchInlineSnapshot(`
      "name                  amount  at
      ──────────  ────────────────  ───
      a,"b"                      5
      line·break  9007199254740993  [1]
      "
    `);
  });

  it('a table does not grow with its nested values', async () => {
    const pages = Array.from({ length: 100 }, (_, page) => `/${page}`);
    const wide = { ...rows, rows: [{ pages, text: 'x'.repeat(80) }] };
    const [, , line = ''] = (await printed('table', wide)).split('\n');
    expect(line).toMatch(/^\["\/0",.{53}… {2}x{80}$/);
    expect(await printed('csv', wide)).toContain('/99');
  });

  it('CSV with quotes where needed', async () => {
    expect(await printed('csv', rows)).toBe('name,amount,at\n"a,""b""",5,\n"line\nbreak",9007199254740993,[1]\n');
  });

  it('NDJSON with exact integers', async () => {
    expect(await printed('ndjson', rows)).toBe(
      '{"name":"a,\\"b\\"","amount":5,"at":null}\n{"name":"line\\nbreak","amount":9007199254740993,"at":[1]}\n',
    );
  });

  it('no rows: the columns, where they are known', async () => {
    const none = { ...rows, rows: [] };
    expect(await printed('table', none)).toBe('');
    expect(await printed('csv', { ...none, columns: ['x', 'y'] })).toBe('x,y\n');
    expect(await printed('table', { ...none, columns: ['x', 'y'] })).toBe('x  y\n─  ─\n');
  });
});
