import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { checkArchive } from './archive.js';
import { COPY_FILES, readCopy } from './base-copy.js';
import { BackupError } from './errors.js';

describe('a base copy that says of itself', () => {
  const archive = temporaryFolder();
  const folder = join(archive, 'base', '2026-11-30T02-30-00Z');
  for (const path of [folder, join(archive, 'wal')]) mkdirSync(path, { recursive: true });
  const say = (about: string) => writeFileSync(join(folder, COPY_FILES.about), about);

  it('another format is not taken for a damaged one', async () => {
    say('{"format": 2, "more": true}');
    const words = `${folder} has format 2, of another version of Barkeep: this one reads format 1`;
    expect(() => readCopy(folder)).toThrow(new BackupError(words));
    expect(await checkArchive(archive, () => undefined)).toEqual([words]);
  });

  it.each(['', '{', '[]', '{"format": 1}'])('%j is damaged', (about) => {
    say(about);
    expect(() => readCopy(folder)).toThrow(`${COPY_FILES.about} is damaged: `);
  });
});
