import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { baseOf, checkArchive } from './archive.js';
import { COPY_FILES, readCopy } from './base-copy.js';
import { CHECKSUMS } from './checksums.js';
import { BackupError } from './errors.js';
import { FolderStore } from './folder-store.js';

describe('a base copy that says of itself', () => {
  const archive = temporaryFolder();
  const name = '2026-11-30T02-30-00Z';
  const folder = join(archive, 'base', name);
  for (const path of [folder, join(archive, 'wal')]) mkdirSync(path, { recursive: true });
  for (const file of [CHECKSUMS, COPY_FILES.manifest, COPY_FILES.tar]) writeFileSync(join(folder, file), '');
  const store = new FolderStore(archive);
  const read = async () => readCopy(baseOf(store), name);
  const say = (about: string) => writeFileSync(join(folder, COPY_FILES.about), about);

  it('another format is not taken for a damaged one', async () => {
    say('{"format": 2, "more": true}');
    const words = `${folder} has format 2, of another version of Barkeep: this one reads format 1`;
    await expect(read()).rejects.toThrow(new BackupError(words));
    expect(await checkArchive(store, () => undefined)).toEqual([words]);
  });

  it.each(['', '{', '[]', '{"format": 1}'])('%j is damaged', async (about) => {
    say(about);
    await expect(read()).rejects.toThrow(`${COPY_FILES.about} is damaged: `);
  });
});
