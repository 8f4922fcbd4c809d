import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of a document that a reader runs. */
export interface Block {
  /** Path below the project's folder. */
  document: string;
  /** Of its first line in the document, from 1. */
  line: number;
  language: 'sh' | 'sql' | 'python';
  text: string;
  /** Why `npm run test:docs` does not run it: the comment `<!-- not run: REASON -->` above it. Null: it does. */
  reason: string | null;
}

const FENCE = /^( *)```(\w*)$/;
const MARK = /^ *<!-- not run: (\S.*) -->$/;
const LANGUAGES = new Set<string>(['sh', 'sql', 'python'] satisfies Block['language'][]);

/** The documents that give commands: those of the root, of docs/ but for its decisions, and of the dashboard. */
export function documentsOf(root: string): string[] {
  const markdown = (folder: string) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));
  return ['README.md', 'CONTRIBUTING.md', ...markdown('docs'), ...markdown('docs/how-to'), 'web/README.md'];
}

/**
 * The blocks of a document, in order.
 * @throws Error for a mark that no block of commands follows, and for a block that does not end
 */
export function blocksOf(document: string, content: string): Block[] {
  const blocks: Block[] = [];
  const lines = content.split('\n');
  let reason: string | null = null;
  for (let i = 0; i < lines.length; i++) {
    const [, indent, language] = FENCE.exec(lines[i]!) ?? [];
    if (language === undefined) {
      const [, marked] = MARK.exec(lines[i]!) ?? [];
      if (reason !== null) throw new Error(`${document}:${i}: a mark belongs right above a block of commands`);
      reason = marked ?? null;
      continue;
    }
    const end = lines.indexOf(`${indent}\`\`\``, i + 1);
    if (end < 0) throw new Error(`${document}:${i + 1}: a block does not end`);
    if (LANGUAGES.has(language)) {
      const text = lines.slice(i + 1, end).map((line) => line.slice(indent!.length));
      blocks.push({ document, line: i + 2, language: language as Block['language'], text: text.join('\n'), reason });
    } else if (reason !== null) throw new Error(`${document}:${i}: a mark belongs right above a block of commands`);
    reason = null;
    i = end;
  }
  return blocks;
}

/** All blocks of all documents. */
export const allBlocks = (root: string): Block[] =>
  documentsOf(root).flatMap((document) => blocksOf(document, readFileSync(join(root, document), 'utf8')));
