/** `npm run registry -- [--port PORT]`: a schema registry on this machine until Ctrl-C. Its schemas go with it. */
import { option, runUntilInterrupted } from './lib/cli-server.ts';
import { startRegistry } from './lib/registry-server.ts';

const port = option('port') ?? '8081';

await runUntilInterrupted(
  () => startRegistry({ port: Number(port) }),
  (server) => server.url,
);
