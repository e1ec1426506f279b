/** What is simulated: the project's own topologies and small ones, each with inputs of several kinds. */
import { type Serde, string, type Topology } from '../../../src/index.ts';
import type { ShopTopic } from '../../../src/orders/events.ts';
import { shopEvents } from '../../../src/orders/shop-events.ts';
import { simulate as simulateShop } from '../../../src/orders/simulate.ts';
import { type SimulatedInput, type SimulationOptions, simulatedInput } from '../../../src/testing/index.ts';
import { Random } from '../../../src/testing/simulation/random.ts';
import { analytics } from '../../../src/topologies/analytics.ts';
import { behaviour } from '../../../src/topologies/behaviour.ts';
import { orders } from '../../../src/topologies/orders.ts';
import { ownStores } from './own-stores.ts';
import {
  endings,
  finals,
  foreignKeys,
  globals,
  joinedWindows,
  processors,
  stateless,
  streamJoins,
  streamTable,
  streamTime,
  tableJoins,
  tableSums,
  windows,
  wordCount,
} from './topologies.ts';

export interface Scenario {
  readonly name: string;
  readonly topology: Topology;
  /** Of one of the sets of inputs. */
  options(set: number): SimulationOptions;
}

/** All results depend on timestamps alone where the inputs are there from the beginning. */
const ordered = { arrival: 'before' } as const;

export const scenarios: readonly Scenario[] = [
  ofWords('stateless', stateless, ['a'], { compare: { out: 'stream' } }),
  ofWords('word count', wordCount, ['a']),
  ofRows('sums of a table', tableSums, ['a'], { compare: { sums: 'ignore' } }),
  ofRows('rows that end', endings, ['a'], { compare: { counts: 'ignore', found: 'ordered' } }),
  ofRows('joins of tables', tableJoins, ['a', 'b']),
  ofRows('foreign keys', foreignKeys, ['a', 'b']),
  ofRows('stream and table', streamTable, ['a', 'b'], { tables: ['b'], ...ordered, compare: { out: 'ordered' } }),
  ofWords('joins of streams', streamJoins, ['a', 'b'], { ...ordered, compare: { inner: 'stream', outer: 'stream' } }),
  ofWords('windows', windows, ['a']),
  ofWords('joins in windows', joinedWindows, ['a', 'b'], {
    ...ordered,
    compare: { inner: 'stream', outer: 'stream', hopping: 'stream', session: 'stream' },
  }),
  ofWords('final results', finals, ['a'], {
    ...ordered,
    compare: { suppressed: 'stream', closed: 'stream', late: 'stream' },
  }),
  ofRows('global table', globals, ['a', 'b'], { tables: ['b'], ...ordered, compare: { out: 'ordered' } }),
  ofWords('processors', processors, ['a'], { compare: { out: 'ordered' } }),
  ofWords('stream time', streamTime, ['a'], { compare: { out: 'stream' } }),
  ofRows('stores of processors', ownStores, ['a', 'b'], { tables: ['b'], ...ordered, compare: { out: 'ordered' } }),
  ofShop('orders', orders, ['orders', 'payments', 'shipments', 'cancellations']),
  ofShop('behaviour', behaviour, ['clicks', 'orders']),
  ofShop('analytics', analytics, ['orders', 'payments']),
];

type More = Omit<SimulationOptions, 'inputs'>;

/** Records that are all values. */
function ofWords(name: string, topology: Topology, topics: readonly string[], more: More = {}): Scenario {
  return { name, topology, options: (set) => ({ ...shape(set), ...more, inputs: texts(set, topics, []) }) };
}

/** Rows of tables, deletions among them. */
function ofRows(
  name: string,
  topology: Topology,
  topics: readonly string[],
  all: More & { tables?: string[] } = {},
): Scenario {
  const { tables = topics, ...more } = all;
  return { name, topology, options: (set) => ({ ...shape(set), ...more, inputs: texts(set, topics, tables) }) };
}

function ofShop(name: string, topology: Topology, topics: readonly ShopTopic[]): Scenario {
  return {
    name,
    topology,
    options: (set) => {
      const events = [...simulateShop({ orders: 25, seed: set, users: 6 })];
      const inputs = topics.map((topic): SimulatedInput => {
        const records = events
          .filter((event) => event.topic === topic)
          .map(({ key, event, timestamp }) => ({ key, value: event as unknown, timestamp }));
        // The serde of a topic is that of its events.
        return simulatedInput({ topic, key: string(), value: shopEvents[topic].serde as Serde<unknown>, records });
      });
      return { ...shape(set), inputs };
    },
  };
}

/** How many partitions and workers, and what tables pass on. */
function shape(set: number): Pick<SimulationOptions, 'partitions' | 'workers' | 'settings'> {
  const random = new Random(set);
  return {
    partitions: random.pick([1, 2, 3]),
    workers: random.pick([1, 2, 3, 4]),
    settings: { emit: random.pick(['commit', 'update']) },
  };
}

/** Few keys and words, so that rows and windows meet; times go forward, with steps back. */
function texts(set: number, topics: readonly string[], tables: readonly string[]): SimulatedInput[] {
  const random = new Random(set + 1_000_000);
  const words = ['apple', 'pear', 'plum', 'fig', 'date', 'lime'] as const;
  let time = 1000;
  const records: { topic: string; key: string; value: string | null; timestamp: number }[] = [];
  for (let number = 0; number < 160; number++) {
    time += random.whole(0, 12);
    const key = random.chance(0.7) ? random.pick(words) : `k${random.whole(1, 9)}`;
    const topic = random.any(topics) ?? 'a';
    const value = tables.includes(topic) && random.chance(0.15) ? null : `${random.pick(words)} ${number}`;
    const timestamp = random.chance(0.15) ? time - random.whole(0, 150) : time;
    records.push({ topic, key, value, timestamp });
  }
  return topics.map((topic) =>
    simulatedInput({
      topic,
      key: string(),
      value: string(),
      records: records.filter((record) => record.topic === topic),
    }),
  );
}
