import { describe, expect, test } from 'vitest';
import { resolveSettings, type Settings } from '../../src/runtime/settings.ts';

const wrong = (settings: object) => () => resolveSettings(settings as Settings, 'name');

describe('settings that cannot be used are refused', () => {
  test('a name that is none, with the nearest that is', () => {
    expect(wrong({ commitIntervalMillis: 5 })).toThrow(
      "Wrong settings: there is no setting 'commitIntervalMillis'; did you mean commitIntervalMs?",
    );
    expect(wrong({ qwertz: 1 })).toThrow("Wrong settings: there is no setting 'qwertz'.");
  });

  test('values out of range, all of them, with what they are', () => {
    expect(wrong({ commitIntervalMs: 0, emit: 'now' })).toThrow(/commitIntervalMs = 0: .*; emit = "now": /);
    expect(wrong({ commitIntervalMs: Number.POSITIVE_INFINITY })).toThrow(/commitIntervalMs = Infinity/);
  });

  test('transactions that would always be over before their commit', () => {
    expect(wrong({ commitIntervalMs: 10_000 })).toThrow(
      'commitIntervalMs = 10000: must be less than transactionTimeoutMs = 10000, or every transaction is aborted before it is committed',
    );
    expect(wrong({ commitIntervalMs: 10_000, processingGuarantee: 'at_least_once' })).not.toThrow();
  });
});
