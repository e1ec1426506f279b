/** `npm run registry -- [--port PORT]`: a schema registry on this machine until Ctrl-C. Its schemas go with it. */
import { freePort, options, runUntilInterrupted } from './lib/cli-server.ts';
import { startRegistry } from './lib/registry-server.ts';

const { port: text = '8081' } = options('port');
const port = await freePort(text);

await runUntilInterrupted(
  'The registry',
  () => startRegistry({ port }),
  (server) => server.url,
);
