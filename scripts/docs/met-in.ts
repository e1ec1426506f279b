import type { PublicExport } from './public-api.ts';
import { placesOf } from './reference-pages.ts';

/** Which exports' doc comments speak of each code, as links from `docs/`. */
export function metIn(api: readonly PublicExport[], codes: readonly string[]): Map<string, string[]> {
  const places = placesOf(api);
  const found = new Map<string, string[]>();
  for (const one of api) {
    const place = places.get(`${one.entry}#${one.name}`);
    for (const code of codes.filter((code) => place !== undefined && speaksOf(one, code))) {
      found.set(code, [...(found.get(code) ?? []), `[\`${one.name}\`](reference/${place})`]);
    }
  }
  return found;
}

function speaksOf({ declarations }: PublicExport, code: string): boolean {
  const pattern = new RegExp(`\\b${code}\\b`);
  return declarations.some(({ comment, signature }) => pattern.test(comment?.text ?? '') || pattern.test(signature));
}
