import { expect, test } from 'vitest';
import { parseDocComment } from '../../scripts/docs/doc-comment.ts';

test('a comment is text, examples and tags', () => {
  const comment = [
    '/**',
    ' * Counts.',
    ' *',
    ' * Of each key.',
    ' *',
    ' * @example',
    ' * count(1);',
    ' *   // → 1',
    ' *',
    ' * @example',
    ' * count(2);',
    ' */',
  ];
  expect(parseDocComment(comment.join('\n'))).toEqual({
    text: 'Counts.\n\nOf each key.',
    examples: [
      { code: 'count(1);\n  // → 1', line: 6 },
      { code: 'count(2);', line: 10 },
    ],
    isInternal: false,
  });
});

test('what is thrown and where to read on are part of the text', () => {
  const comment = '/**\n * Counts.\n *\n * @throws NAME_TAKEN, twice.\n *\n * @see `reduce`\n */';
  expect(parseDocComment(comment).text).toBe('Counts.\n\nThrows NAME_TAKEN, twice.\n\nSee `reduce`');
});

test('a comment of one line', () => {
  expect(parseDocComment('/** Counts. */')).toEqual({ text: 'Counts.', examples: [], isInternal: false });
});

test.each(['/** @internal */', '/** Counts. @internal */', '/**\n * Counts.\n *\n * @internal\n */'])(
  '%j is internal',
  (comment) => {
    expect(parseDocComment(comment).isInternal).toBe(true);
  },
);
