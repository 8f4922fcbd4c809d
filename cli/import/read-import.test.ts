import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readImport } from './read-import.js';

const TEXT = Buffer.from('t,o,h,l,c\n'.repeat(100));

it.each([
  ['as it is', TEXT],
  ['with gzip', gzipSync(TEXT)],
])('a file %s is read if it is not too large', async (_, content) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'import-'));
  const path = join(folder.path, 'bars.csv');
  writeFileSync(path, content);
  expect((await readImport(path, TEXT.length)).file.body.equals(TEXT)).toBe(true);
  await expect(readImport(path, TEXT.length - 1)).rejects.toThrow(/bars\.csv has more than .* MB: split it by time\.$/);
});

it('a file that is not there cannot be read', async () => {
  await expect(readImport(join(tmpdir(), 'no-such-file.csv'))).rejects.toThrow('cannot be read: ENOENT');
});
