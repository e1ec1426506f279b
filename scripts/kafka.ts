/** `npm run kafka -- [--dir FOLDER] [--port PORT]`: a Kafka on this machine until Ctrl-C; `--dir` keeps its data. */
import { freePort, options, runUntilInterrupted } from './lib/cli-server.ts';
import { startKafka } from './lib/kafka-server.ts';

const { dir, port: text = '9092' } = options('dir', 'port');
const port = await freePort(text);

await runUntilInterrupted(
  'Kafka',
  () => startKafka({ port, ...(dir === undefined ? {} : { dir }) }),
  (server) => server.bootstrapServers,
);
