#!/usr/bin/env node
// Plain JavaScript that any Node can parse: it says so where Node is too old for the rest.
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const { engines } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const [needed, running] = [engines.node.replace(/[^\d.]/g, ''), process.versions.node].map((version) =>
  version.split('.').map(Number),
);

function isOlder([major = 0, minor = 0], [neededMajor = 0, neededMinor = 0]) {
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}

if (isOlder(running, needed)) {
  process.stderr.write(
    `millrace: this is Node ${process.versions.node}, but Node ${needed.join('.')} or newer is needed. In a checkout use npx millrace, or: npm run demo.\n`,
  );
  process.exitCode = 1;
} else {
  const built = new URL('dist/cli/main.js', root);
  const { main } = await import(existsSync(built) ? built.href : new URL('src/cli/main.ts', root).href);
  const code = await main(process.argv.slice(2));
  // All that was written goes out first; then whatever still listens must not keep the process.
  process.stdout.write('', () => process.exit(code));
}
