import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { archivesIn } from './archive.js';
import { copiesIn } from './base-copy.js';
import { FolderStore } from './folder-store.js';
import type { Entry } from './store.js';

describe('the archives in BACKUP_DIR', () => {
  const archiveAt = (path: string) => {
    for (const inside of ['base', 'wal']) mkdirSync(join(path, inside), { recursive: true });
  };

  it('are those with both folders, also behind a link', async () => {
    const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    archiveAt(join(folder, 'one'));
    archiveAt(elsewhere);
    symlinkSync(elsewhere, join(folder, 'two'));
    mkdirSync(join(folder, 'half', 'wal'), { recursive: true });
    writeFileSync(join(folder, 'file'), '');
    expect(await archivesIn(new FolderStore(folder))).toEqual(['one', 'two']);
  });

  it.each(['EACCES', 'EPERM', 'ENOENT'])(
    'are found beside a folder that answers %s, such as lost+found',
    async (code) => {
      const folder = temporaryFolder();
      archiveAt(join(folder, 'one'));
      mkdirSync(join(folder, 'lost+found'));
      expect(await archivesIn(new Refusing(folder, code))).toEqual(['one']);
    },
  );

  it('cannot be told where there is no such folder', async () => {
    await expect(archivesIn(new FolderStore('/nowhere'))).rejects.toThrow('There is no folder /nowhere (BACKUP_DIR)');
  });
});

/** As a folder of root is for others: the tests may run as root. */
class Refusing extends FolderStore {
  private readonly code: string;

  constructor(location: string, code: string) {
    super(location);
    this.code = code;
  }

  override in(folder: string): Refusing {
    return new Refusing(join(this.location, folder), this.code);
  }

  override async list(prefix?: string): Promise<Entry[]> {
    if (this.location.endsWith('lost+found'))
      throw Object.assign(new Error(this.code), { code: this.code, syscall: 'scandir' });
    return super.list(prefix);
  }
}

it('a base copy that an earlier version left unfinished is one, too', async () => {
  const base = temporaryFolder();
  mkdirSync(join(base, 'unfinished-2026-11-30T02-30-00Z'));
  expect(await copiesIn(new FolderStore(base))).toEqual({ names: [], unfinished: ['unfinished-2026-11-30T02-30-00Z'] });
});
