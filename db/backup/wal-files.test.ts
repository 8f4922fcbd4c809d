import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { archivedWal, archiveWalFile, isIntact, readArchivedWal } from './wal-files.js';

const NAME = '000000010000000000000002';
let folder: string;
let source: string;
const content = Buffer.alloc(16 * 1024 ** 2).fill('rows', 0, 40_000);
const archive = () => archiveWalFile(source, NAME, folder);
const archived = () => archivedWal(folder).get(NAME)!;

beforeEach(() => {
  folder = temporaryFolder();
  source = join(temporaryFolder(), NAME);
  writeFileSync(source, content);
});

describe('an archived segment', () => {
  it('is small if little of it is used, is for its owner only, and reads as it was', () => {
    archive();
    expect(readArchivedWal(archived()).equals(content)).toBe(true);
    expect(statSync(archived()).size).toBeLessThan(10_000);
    expect(statSync(archived()).mode & 0o777).toBe(0o600);
  });

  it('is archived once, however often PostgreSQL asks for it', () => {
    archive();
    archive();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('never takes the place of another of the same name', () => {
    archive();
    writeFileSync(source, Buffer.alloc(100, 1));
    expect(archive).toThrow('two servers archive to this folder');
    expect(readArchivedWal(archived()).equals(content)).toBe(true);
  });

  it('is found damaged if any byte of it is another, and replaced when it is archived again', () => {
    archive();
    const intact = readFileSync(archived());
    for (let at = 0; at < intact.length; at += 97) {
      const flipped = Buffer.from(intact);
      flipped[at]! ^= 1;
      writeFileSync(archived(), flipped);
      expect([at, isIntact(archived())]).toEqual([at, false]);
    }
    expect(() => readArchivedWal(archived())).toThrow(`${archived()} is damaged`);
    archive();
    expect(readArchivedWal(archived()).equals(content)).toBe(true);
  });

  it('is not what a killed archiver left unfinished', () => {
    writeFileSync(join(folder, `${NAME}.tmp`), 'half');
    expect([...archivedWal(folder)]).toEqual([]);
    archive();
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
