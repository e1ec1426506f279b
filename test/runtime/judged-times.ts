import { process, string, to, topology, usePartitionTimeOnInvalidTimestamp } from '../../src/index.ts';

/** Says of each record whether it is late, and of each turn of its punctuator when it was. */
export const times = topology('times', (flow) => {
  flow.stream('in', { key: string(), value: string(), timestampExtractor: usePartitionTimeOnInvalidTimestamp }).pipe(
    process({
      name: 'judge',
      value: string(),
      init: ({ currentStreamTimeMs, schedule, forward }) => {
        schedule('streamTime', 100, (now) => forward({ key: 'k', value: `turn at ${now}` }));
        return ({ key, value, timestamp }) =>
          forward({ key, value: `${value} ${timestamp < currentStreamTimeMs() ? 'late' : 'in time'}`, timestamp });
      },
    }),
    to('out', { key: string() }),
  );
});
