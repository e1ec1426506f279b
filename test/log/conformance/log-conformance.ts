import { describe } from 'vitest';
import { fetchCases } from './fetch-cases.ts';
import { groupCases } from './group-cases.ts';
import { recordCases } from './record-cases.ts';
import { sizeCases } from './size-cases.ts';
import { bench, type Capabilities, type OpenLog } from './support.ts';
import { topicCases } from './topic-cases.ts';
import { transactionCases } from './transaction-cases.ts';

export type { Capabilities, OpenLog } from './support.ts';

/**
 * What every driver of the log port does. `openLog` gives a new client of the same log each time; the cases use names
 * of their own, so that one log serves all of them.
 */
export function logConformance(name: string, openLog: OpenLog, capabilities: Capabilities): void {
  describe(`${name} log`, { timeout: capabilities.timeoutMs }, () => {
    const cases = bench(openLog, capabilities);
    describe('topics', () => topicCases(cases));
    describe('records', () => recordCases(cases));
    describe('sizes', () => sizeCases(cases));
    describe('fetching', () => fetchCases(cases));
    describe('transactions', () => transactionCases(cases));
    describe('groups', () => groupCases(cases));
  });
}
