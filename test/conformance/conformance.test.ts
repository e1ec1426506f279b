import { describe, expect, test } from 'vitest';
import { differences } from './variants.ts';
import { families, regressions, vectorsOf } from './vectors.ts';

describe("Kafka Streams' own results", () => {
  test.each(families)('%s', async (family) => {
    expect(await differences(vectorsOf(family))).toEqual([]);
  });

  test('what once differed', async () => {
    expect(await differences(regressions())).toEqual([]);
  });

  test.each(families)('%s, when errors of Kafka Streams are wanted', async (family) => {
    const vectors = vectorsOf(family).map((vector) => ({ ...vector, compatOnly: true }));
    expect(await differences(vectors)).toEqual([]);
  });
});
