import { deepStrictEqual } from 'node:assert';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avro } from '../../../src/serde/avro/avro.ts';
import type { Longs } from '../../../src/serde/avro/parse-schema.ts';
import { MemoryRegistry } from '../../../src/serde/registry/memory-registry.ts';
import type { AvroSchema } from '../../../src/serde/registry/registry.ts';
import type { Column, Columns, Serde, SqlValue } from '../../../src/serde/serde.ts';
import { schemaWithValues } from './arbitrary-schema.ts';

const RUNS = { numRuns: 300 };

const serdeOf = (schema: AvroSchema, longs: Longs): Serde<unknown> => avro(schema, { longs });

describe.each<Longs>(['number', 'bigint'])('any schema, longs as %s', (longs) => {
  test('values come back from their bytes exactly', async () => {
    await fc.assert(
      fc.asyncProperty(schemaWithValues(longs), async ({ schema, values }) => {
        const codec = await serdeOf(schema, longs).open({ topic: 't', part: 'value', registry: new MemoryRegistry() });
        for (const value of values) {
          const bytes = codec.encode(value);
          // In the middle of a larger buffer, as in a fetched batch.
          const batch = Buffer.concat([Buffer.alloc(7, 0xff), bytes, Buffer.alloc(9, 0xff)]);
          deepStrictEqual(codec.decode(batch, 7, 7 + bytes.length), value);
        }
      }),
      RUNS,
    );
  });

  test('values come back from a table of SQLite exactly', () => {
    const db = new Database(':memory:');
    fc.assert(
      fc.property(schemaWithValues(longs), ({ schema, values }) => {
        const { columns } = serdeOf(schema, longs);
        const table = new Table(db, columns);
        for (const value of values) deepStrictEqual(table.roundTrip(value), value);
      }),
      RUNS,
    );
    db.close();
  });

  test('cut or damaged bytes are refused or read as other values, and never harm', async () => {
    await fc.assert(
      fc.asyncProperty(schemaWithValues(longs), fc.nat(), fc.nat(255), async ({ schema, values }, at, byte) => {
        const codec = await serdeOf(schema, longs).open({ topic: 't', part: 'value', registry: new MemoryRegistry() });
        const bytes = Buffer.from(codec.encode(values[0]));
        if (bytes.length === 5) return;
        expect(() => codec.decode(bytes, 0, bytes.length - 1)).toThrow(
          expect.objectContaining({ code: 'RECORD_UNREADABLE' }),
        );
        bytes[5 + (at % (bytes.length - 5))] = byte;
        try {
          codec.decode(bytes, 0, bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'RECORD_UNREADABLE' });
        }
      }),
      RUNS,
    );
  });
});

class Table {
  readonly #db: Database.Database;
  readonly #columns: Columns<unknown>;
  readonly #names: readonly string[];

  constructor(db: Database.Database, columns: Columns<unknown>) {
    this.#db = db;
    this.#columns = columns;
    const list = columns.columns('value');
    this.#names = list.map((column) => (column.wide ? `CAST("${column.name}" AS TEXT)` : `"${column.name}"`));
    const definitions = list.map((column: Column) => `"${column.name}" ${column.type}`);
    db.exec(`DROP TABLE IF EXISTS rows; CREATE TABLE rows (${['id INTEGER PRIMARY KEY', ...definitions].join(', ')})`);
  }

  roundTrip(value: unknown): unknown {
    const written = this.#columns.write(value);
    const places = ['null', ...written.map(() => '?')].join(', ');
    const { lastInsertRowid } = this.#db.prepare(`INSERT INTO rows VALUES (${places})`).run(...written);
    const query = this.#db.prepare(`SELECT ${['id', ...this.#names].join(', ')} FROM rows WHERE id = ?`).raw();
    return this.#columns.read(query.get(lastInsertRowid) as SqlValue[], 1);
  }
}
