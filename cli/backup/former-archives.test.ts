import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aboutInJson, COPY_FILES } from '../../db/backup/base-copy.js';
import { CHECKSUMS } from '../../db/backup/checksums.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { DAY } from '../../domain/timeframe.js';
import { createArchive } from '../embedded/wal-archive.js';
import { formerArchives, formerInWords } from './former-archives.js';

it('archives beside that of a data folder are named with their size, once it has a base copy of its own', async () => {
  const folder = join(temporaryFolder(), "the manager's backups");
  const [current, former] = [join(folder, 'current'), join(folder, 'former')];
  for (const archive of [current, former]) createArchive(archive);
  for (const [name, bytes] of [
    ['base/2026-11-30T02-30-00Z', 1_200],
    ['wal', 300],
  ] as const) {
    mkdirSync(join(former, name), { recursive: true });
    writeFileSync(join(former, name, 'file'), Buffer.alloc(bytes));
  }
  expect(await formerArchives(current)).toEqual([]);
  const copy = join(current, 'base/2026-11-30T09-46-03Z');
  mkdirSync(copy);
  expect(await formerArchives(current)).toEqual([]);
  const instant = '2026-11-30T09:46:03Z';
  const about = { startedAt: instant, finishedAt: instant, majorVersion: 18, platform: 'linux-x64', bytes: 1 };
  writeFileSync(join(copy, COPY_FILES.about), aboutInJson({ ...about, walSegmentBytes: 2 ** 22 }));
  const ranges = [{ Timeline: 1, 'Start-LSN': '0/2000028', 'End-LSN': '0/2000120' }];
  const manifest = { 'PostgreSQL-Backup-Manifest-Version': 2, Files: [], 'WAL-Ranges': ranges };
  writeFileSync(join(copy, COPY_FILES.manifest), JSON.stringify(manifest));
  for (const file of [COPY_FILES.tar, CHECKSUMS]) writeFileSync(join(copy, file), '');
  expect(formerInWords(await formerArchives(current))).toEqual([
    expect.stringContaining('take up 1.5 kB'),
    `  rm -r '${former.replace("'", String.raw`'\''`)}'  # 1.5 kB, empty`,
  ]);
  expect(formerInWords([])).toEqual([]);
  writeFileSync(join(former, 'wal', `${'0'.repeat(24)}.${'0'.repeat(16)}.zst`), '');
  expect(await formerArchives(current)).toEqual([]); // another server's, which archives to it
  expect(await formerArchives(current, Date.now() + 7 * DAY)).toHaveLength(1);
});
