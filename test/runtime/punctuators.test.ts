import { describe, expect, test } from 'vitest';
import { Punctuators } from '../../src/runtime/punctuators.ts';

const failed = (error: unknown): never => {
  throw error;
};

function scheduled(first: number, everyMs: number) {
  const punctuators = new Punctuators();
  const calls: number[] = [];
  const punctuator = punctuators.schedule({ first, everyMs, punctuate: (now) => calls.push(now) });
  const at = (...times: number[]): number[] => {
    for (const time of times) punctuators.fire(time, failed);
    return calls.splice(0);
  };
  return { punctuators, punctuator, at };
}

describe('punctuators', () => {
  test('one call at the first time at or after each multiple', () => {
    const { at } = scheduled(0, 10);
    expect(at(0, 3, 9, 10, 11, 20)).toEqual([0, 10, 20]);
  });

  test('a jump over several turns is one call, and the next turn a multiple again', () => {
    const { at, punctuators } = scheduled(0, 10);
    expect(at(25)).toEqual([25]);
    expect(punctuators.due).toBe(30);
  });

  test('none before its first turn', () => {
    const { at } = scheduled(100, 10);
    expect(at(99)).toEqual([]);
    expect(at(100, 105, 110)).toEqual([100, 110]);
  });

  test('a cancelled one is not called again, also from within', () => {
    const { at, punctuator, punctuators } = scheduled(0, 10);
    const within: number[] = [];
    const own = punctuators.schedule({
      first: 0,
      everyMs: 10,
      punctuate: (now) => {
        within.push(now);
        own.cancel();
      },
    });
    expect(at(0)).toEqual([0]);
    punctuator.cancel();
    expect(at(10, 20)).toEqual([]);
    expect(within).toEqual([0]);
    expect(punctuators.due).toBe(Number.POSITIVE_INFINITY);
  });

  test('resumed where the time stood, it is due as it would have been', () => {
    for (const stopped of [0, 5, 9, 10, 27]) {
      const through = scheduled(0, 10);
      through.at(stopped);
      const anew = scheduled(0, 10);
      anew.punctuators.resume(stopped);
      expect(anew.punctuators.due).toBe(through.punctuators.due);
    }
  });

  test('an error of one does not keep the others from their turn where it is let pass', () => {
    const { punctuators, at } = scheduled(0, 10);
    const errors: unknown[] = [];
    punctuators.schedule({
      first: 0,
      everyMs: 10,
      punctuate: () => {
        throw new Error('as asked');
      },
    });
    punctuators.fire(0, (error) => errors.push(error));
    expect(at()).toEqual([0]);
    expect(errors).toHaveLength(1);
    expect(punctuators.due).toBe(10);
  });
});
