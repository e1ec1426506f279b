/** A doc comment, taken apart. */
export interface DocComment {
  /** Markdown. */
  readonly text: string;
  readonly examples: readonly ExampleText[];
  /** Not part of what users see. */
  readonly isInternal: boolean;
}

export interface ExampleText {
  readonly code: string;
  /** Of its first line, within the comment, from 0. */
  readonly line: number;
}

interface Part {
  readonly tag: string;
  readonly line: number;
  readonly lines: string[];
}

/** Reads the text of a comment, from its opening to its closing mark. */
export function parseDocComment(comment: string): DocComment {
  const parts = partsOf(comment.split('\n').map(withoutFrame));
  const written = ({ tag, lines }: Part): string[] => {
    const text = lines.join('\n').trim();
    if (tag === '') return [text];
    if (tag === 'throws') return [`Throws ${text}`];
    return tag === 'see' ? [`See ${text}`] : [];
  };
  return {
    text: parts
      .flatMap(written)
      .filter((text) => text !== '')
      .join('\n\n'),
    examples: parts.filter(({ tag }) => tag === 'example').map(exampleOf),
    isInternal: parts.some(({ tag }) => tag === 'internal'),
  };
}

/** `@internal` may end a sentence; the other tags begin a line. */
function partsOf(lines: readonly string[]): Part[] {
  const parts: Part[] = [{ tag: '', line: 0, lines: [] }];
  for (const [line, written] of lines.entries()) {
    const [, tag, rest = ''] = /^@([a-z]+)\s*(.*)$/.exec(written) ?? [];
    if (tag !== undefined) parts.push({ tag, line, lines: rest === '' ? [] : [rest] });
    else if (/\s@internal$/.test(written)) parts.push({ tag: 'internal', line, lines: [] });
    else parts.at(-1)?.lines.push(written);
  }
  return parts;
}

function exampleOf({ line, lines }: Part): ExampleText {
  return { code: lines.join('\n').trimEnd(), line: line + 1 };
}

function withoutFrame(line: string): string {
  return line
    .replace(/^\s*\/?\*+(?!\/) ?/, '')
    .replace(/\s*\*\/$/, '')
    .trimEnd();
}
