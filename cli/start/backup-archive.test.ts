import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { archiveOf } from './backup-archive.js';

const NOON = Date.UTC(2026, 10, 30, 12);

describe('the archive of a data folder', () => {
  it('is always the same, and no other data folder has it', () => {
    const folder = temporaryFolder();
    const [one, other, backups] = ['one', 'other', 'backups'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const dataDir of [one, other]) mkdirSync(dataDir);
    const archive = archiveOf(one, backups, NOON);
    expect(archive).toMatch(/\/backups\/2026-11-30T12-00-00Z-[0-9a-f]{6}$/);
    expect(archiveOf(one, backups, NOON + 86_400_000)).toBe(archive);
    expect(archiveOf(other, backups, NOON)).not.toBe(archive);
  });

  it('is not continued after a start that did not archive to it', () => {
    const folder = temporaryFolder();
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    const archiveIn = (name: string | undefined) => archiveOf(dataDir, name && join(folder, name), NOON);
    const first = archiveIn('backups');
    expect(archiveIn(undefined)).toBeNull();
    const second = archiveIn('backups');
    const elsewhere = archiveIn('elsewhere');
    expect(elsewhere).toContain('/elsewhere/');
    expect(new Set([first, second, elsewhere, archiveIn('backups')]).size).toBe(4);
  });

  it('is never created again where its disk is not mounted: the real one would have a hole', () => {
    const folder = temporaryFolder();
    const [dataDir, mountPoint, disk] = ['data', 'mnt', 'disk'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const made of [dataDir, mountPoint]) mkdirSync(made);
    const archive = archiveOf(dataDir, mountPoint, NOON)!;
    expect(readdirSync(archive).sort()).toEqual(['base', 'wal']);
    renameSync(mountPoint, disk);
    mkdirSync(mountPoint);
    expect(() => archiveOf(dataDir, mountPoint, NOON)).toThrow(/is missing. Is the disk of BACKUP_DIR mounted\?/);
    expect(readdirSync(mountPoint)).toEqual([]);
    rmSync(mountPoint, { recursive: true });
    renameSync(disk, mountPoint);
    expect(archiveOf(dataDir, mountPoint, NOON)).toBe(archive);
  });

  it('is not known before it is there', () => {
    const dataDir = temporaryFolder();
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => archiveOf(dataDir, join(file, 'backups'), NOON)).toThrow('Cannot use BACKUP_DIR');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is not in the data folder, and may be beside it', () => {
    const dataDir = temporaryFolder();
    for (const inside of [dataDir, join(dataDir, 'backups')])
      expect(() => archiveOf(dataDir, inside)).toThrow('would be lost with it');
    expect(archiveOf(dataDir, `${dataDir}-backups`)).toContain('-backups/');
  });
});
