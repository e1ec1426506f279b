import type { Declaration, PublicExport } from './public-api.ts';
import { entryOf } from './reference-pages.ts';
import { SUBJECTS } from './subjects.ts';

/** What is missing: a page for an export, an export for a name on a page, a doc comment, an example. */
export function gapsIn(api: readonly PublicExport[]): string[] {
  return [...api.flatMap(gapsOf), ...strangers(api)];
}

function gapsOf(one: PublicExport): string[] {
  const { entry, name, declarations } = one;
  const pages = SUBJECTS.filter((subject) => entryOf(subject) === entry && subject.exports.includes(name));
  const gaps = declarations
    .filter(({ comment }) => (comment?.text ?? '') === '')
    .map((of) => `${placeOf(of)} has no doc comment`);
  if (pages.length !== 1)
    gaps.push(
      `${entry}: ${name} is on ${pages.length} pages of the reference. Put it on one in scripts/docs/subjects.ts`,
    );
  if (!isShown(one))
    gaps.push(`${entry}: ${name} has no @example${one.isCalled ? '' : ', nor a @see of what shows it'}`);
  return gaps;
}

/** A type or class may be shown by the function that takes or gives it. */
function isShown({ isCalled, declarations }: PublicExport): boolean {
  return declarations.some(
    ({ examples, comment }) =>
      examples.length > 0 || (!isCalled && comment !== undefined && /\bSee `/.test(comment.text)),
  );
}

function strangers(api: readonly PublicExport[]): string[] {
  return SUBJECTS.flatMap((subject) => {
    const known = api.filter(({ entry }) => entry === entryOf(subject)).map(({ name }) => name);
    const unknown = subject.exports.filter((name) => !known.includes(name));
    return unknown.map((name) => `scripts/docs/subjects.ts: ${entryOf(subject)} has no export ${name}`);
  });
}

function placeOf({ file, line, name }: Declaration): string {
  return `${file}:${line} ${name}`;
}
