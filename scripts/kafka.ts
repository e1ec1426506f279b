/** `npm run kafka -- [--dir FOLDER] [--port PORT]`: a Kafka on this machine until Ctrl-C; `--dir` keeps its data. */
import { option, runUntilInterrupted } from './lib/cli-server.ts';
import { startKafka } from './lib/kafka-server.ts';

const dir = option('dir');
const port = option('port') ?? '9092';

await runUntilInterrupted(
  () => startKafka({ port: Number(port), ...(dir === undefined ? {} : { dir }) }),
  (server) => server.bootstrapServers,
);
