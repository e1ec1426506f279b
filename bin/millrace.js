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

async function resolveToSource(source) {
  const entries = new Map([
    ['millrace', new URL('index.ts', source).href],
    ['millrace/testing', new URL('testing/index.ts', source).href],
    ['millrace/orders', new URL('orders/index.ts', source).href],
    ['millrace/cli', new URL('cli/index.ts', source).href],
  ]);
  // Not a static import: an older Node has no such name.
  const { registerHooks } = await import('node:module');
  registerHooks({
    resolve: (specifier, context, next) => next(entries.get(specifier) ?? specifier, context),
  });
}

if (isOlder(running, needed)) {
  process.stderr.write(
    `millrace: this is Node ${process.versions.node}, but Node ${needed.join('.')} or newer is needed. In a checkout use: npm run demo. Elsewhere: npm install --save-dev node@24, then npx millrace.\n`,
  );
  process.exitCode = 1;
} else {
  // A checkout runs its sources, built or not. A topology file that imports `millrace` gets the same ones.
  const source = new URL('src/', root);
  const isCheckout = existsSync(new URL('cli/main.ts', source));
  if (isCheckout) await resolveToSource(source);
  const { main } = await import(
    isCheckout ? new URL('cli/main.ts', source).href : new URL('dist/cli/main.js', root).href
  );
  const code = await main(process.argv.slice(2));
  // All that was written goes out first; then whatever still listens must not keep the process.
  process.stdout.write('', () => process.exit(code));
}
