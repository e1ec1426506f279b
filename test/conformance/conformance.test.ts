import { describe, expect, test } from 'vitest';
import { differences } from './variants.ts';
import { families, vectorsOf } from './vectors.ts';

describe("Kafka Streams' own results", () => {
  test.each(families)('%s', async (family) => {
    expect(await differences(vectorsOf(family))).toEqual([]);
  });

  test.each(families)('%s, when errors of Kafka Streams are wanted', async (family) => {
    const vectors = vectorsOf(family).map((vector) => ({ ...vector, compatOnly: true }));
    expect(await differences(vectors)).toEqual([]);
  });
});
