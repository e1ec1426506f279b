import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bytes } from '../../src/serde/bytes.ts';
import { integer } from '../../src/serde/integer.ts';
import { json } from '../../src/serde/json.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import type { Codec, Serde } from '../../src/serde/serde.ts';
import { string } from '../../src/serde/string.ts';

const open = <T>(serde: Serde<T>): Promise<Codec<T>> =>
  serde.open({ topic: 't', part: 'value', registry: new MemoryRegistry() });

/** Through bytes in the middle of a batch, and through columns. */
async function roundTrips<T>(serde: Serde<T>, value: T): Promise<[T, T]> {
  const codec = await open(serde);
  const encoded = codec.encode(value);
  const batch = Buffer.concat([Buffer.from('xx'), encoded, Buffer.from('yy')]);
  return [codec.decode(batch, 2, 2 + encoded.length), serde.columns.read([null, ...serde.columns.write(value)], 1)];
}

const bytesOf = async <T>(serde: Serde<T>, value: T): Promise<string> =>
  (await open(serde)).encode(value).toString('hex');
const valueFrom = async <T>(serde: Serde<T>, hex: string): Promise<T> => {
  const encoded = Buffer.from(hex, 'hex');
  return (await open(serde)).decode(encoded, 0, encoded.length);
};
const unreadable = expect.objectContaining({ code: 'RECORD_UNREADABLE' });
const invalid = expect.objectContaining({ code: 'VALUE_INVALID' });

describe('string', () => {
  test('any well-formed text comes back', async () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        expect(await roundTrips(string(), value)).toEqual([value, value]);
      }),
    );
  });

  test('is UTF-8, of any length', async () => {
    expect(await bytesOf(string(), 'é🙂')).toBe('c3a9f09f9982');
    const long = '🙂'.repeat(100_000);
    expect(await roundTrips(string(), long)).toEqual([long, long]);
    expect(await valueFrom(string(), 'efbfbd')).toBe('\ufffd');
  });

  test('malformed UTF-8 is unreadable, a lone surrogate cannot be written', async () => {
    await expect(valueFrom(string(), 'c328')).rejects.toEqual(unreadable);
    await expect(bytesOf(string(), '\ud800')).rejects.toEqual(invalid);
    await expect(bytesOf(string() as Serde<unknown>, 5)).rejects.toThrow('it is 5 (number), but must be a string');
  });

  test('is one text column', () => {
    expect(string().columns.columns('key')).toEqual([{ name: 'key', type: 'TEXT' }]);
  });
});

describe('integer', () => {
  test.each([
    [0, '0000000000000000'],
    [1, '0000000000000001'],
    [-1, 'ffffffffffffffff'],
    [2 ** 32, '0000000100000000'],
    [-(2 ** 32) - 1, 'fffffffeffffffff'],
    [Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
    [Number.MIN_SAFE_INTEGER, 'ffe0000000000001'],
  ])('%d is %s', async (value, hex) => {
    expect(await bytesOf(integer(), value)).toBe(hex);
    expect(await valueFrom(integer(), hex)).toBe(value);
  });

  test('any safe integer comes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.maxSafeInteger(), async (value) => {
        expect(await roundTrips(integer(), value)).toEqual([value, value]);
      }),
    );
  });

  test('what is none is refused', async () => {
    await expect(valueFrom(integer(), '00000001')).rejects.toThrow('an integer has 8 bytes, but there are 4');
    await expect(valueFrom(integer(), '0020000000000000')).rejects.toThrow('9007199254740992 is beyond');
    await expect(bytesOf(integer(), 1.5)).rejects.toEqual(invalid);
    await expect(bytesOf(integer(), 2 ** 53)).rejects.toEqual(invalid);
  });
});

describe('bytes', () => {
  test('come back as they are', async () => {
    const value = Buffer.from([0, 255, 7]);
    expect(await roundTrips(bytes(), value)).toEqual([value, value]);
    expect(await bytesOf(bytes(), new Uint8Array([1, 2]))).toBe('0102');
  });

  test('what is read does not change with the buffer it came from', async () => {
    const source = Buffer.from([1, 2, 3]);
    const value = (await open(bytes())).decode(source, 0, 3);
    source.fill(9);
    expect([...value]).toEqual([1, 2, 3]);
  });
});

describe('json', () => {
  test('any JSON value comes back', async () => {
    const value = fc.jsonValue().filter((one) => !JSON.stringify(one).includes('-0'));
    await fc.assert(
      fc.asyncProperty(value, async (one) => {
        const encoded = JSON.parse(JSON.stringify(one));
        expect(await roundTrips(json(), encoded)).toEqual([encoded, encoded]);
      }),
    );
  });

  test('what JSON would lose is refused', async () => {
    const serde = json() as Serde<unknown>;
    await expect(bytesOf(serde, { a: [1, Number.NaN] })).rejects.toThrow(
      'a.1 is NaN (number), but must be a finite number',
    );
    await expect(bytesOf(serde, { a: null })).resolves.toBeDefined();
    await expect(bytesOf(serde, undefined)).rejects.toEqual(invalid);
    await expect(bytesOf(serde, { a: 1n })).rejects.toEqual(invalid);
  });

  test('what is no JSON is unreadable', async () => {
    await expect(valueFrom(json(), Buffer.from('{"a":').toString('hex'))).rejects.toThrow('it is not JSON');
    await expect(valueFrom(json(), 'c328')).rejects.toThrow('not valid UTF-8');
  });

  describe('with a guard', () => {
    const guard = z.object({ id: z.string(), items: z.array(z.object({ price: z.number() })), at: z.coerce.date() });
    const value = { id: 'a', items: [{ price: 1 }], at: new Date(5) };

    test('values have the type that it gives', async () => {
      expect(await roundTrips(json(guard), value)).toEqual([value, value]);
    });

    test('what does not fit is named, read or written', async () => {
      const wrong = { ...value, items: [{ price: 'x' }] };
      const text = Buffer.from(JSON.stringify(wrong)).toString('hex');
      await expect(valueFrom(json(guard), text)).rejects.toThrow('items.0.price does not fit');
      await expect(bytesOf(json(guard) as Serde<unknown>, wrong)).rejects.toThrow('items.0.price');
    });
  });

  test('is one text column that holds JSON', () => {
    expect(json().columns.columns('value')).toEqual([{ name: 'value', type: 'TEXT', as: 'json' }]);
  });
});
