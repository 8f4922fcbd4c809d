import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { FolderStore } from './folder-store.js';
import { archivedWal, archiveWalFile, isIntact, readArchivedWal } from './wal-files.js';

const NAME = '000000010000000000000002';
let folder: string;
let source: string;
const content = Buffer.alloc(16 * 1024 ** 2).fill('rows', 0, 40_000);
const wal = () => new FolderStore(folder);
const archive = async () => archiveWalFile(source, NAME, wal());
const archived = async () => (await archivedWal(wal())).get(NAME)!.name;
const read = async () => zstdDecompressSync(await readArchivedWal(wal(), await archived()));

beforeEach(() => {
  folder = temporaryFolder();
  source = join(temporaryFolder(), NAME);
  writeFileSync(source, content);
});

describe('an archived segment', () => {
  it('is small if little of it is used, is for its owner only, and reads as it was', async () => {
    await archive();
    expect((await read()).equals(content)).toBe(true);
    const { size, mode } = statSync(join(folder, await archived()));
    expect(size).toBeLessThan(10_000);
    expect(mode & 0o777).toBe(0o600);
  });

  it('is archived once, however often PostgreSQL asks for it', async () => {
    await archive();
    await archive();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('never takes the place of another of the same name', async () => {
    await archive();
    writeFileSync(source, Buffer.alloc(100, 1));
    await expect(archive()).rejects.toThrow('two servers archive to this place');
    expect((await read()).equals(content)).toBe(true);
  });

  it('is found damaged if any byte of it is another, and replaced when it is archived again', async () => {
    await archive();
    const name = await archived();
    const path = join(folder, name);
    const intact = readFileSync(path);
    for (let at = 0; at < intact.length; at += 97) {
      const flipped = Buffer.from(intact);
      flipped[at]! ^= 1;
      writeFileSync(path, flipped);
      expect([at, await isIntact(wal(), name)]).toEqual([at, false]);
    }
    await expect(read()).rejects.toThrow(`${path} is damaged`);
    await archive();
    expect((await read()).equals(content)).toBe(true);
  });

  it('is not what a killed archiver left unfinished', async () => {
    await archive();
    const name = await archived();
    renameSync(join(folder, name), join(folder, `${name}.tmp`));
    expect([...(await archivedWal(wal()))]).toEqual([]);
    await archive();
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
