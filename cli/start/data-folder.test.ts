import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { RuntimeFile } from '../lib/runtime-file.js';
import { claimDataFolder, lockDataFolder } from './data-folder.js';

describe('the data folder', () => {
  it('is created if it does not exist, and recognised later', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    claimDataFolder(folder);
    claimDataFolder(folder);
    expect(JSON.parse(readFileSync(join(folder, 'barkeep.json'), 'utf8'))).toEqual({ version: 1 });
  });

  it('is refused if it contains other files, and left unchanged', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'thesis.doc'), '');
    expect(() => claimDataFolder(folder)).toThrow(/other than Barkeep's\. Set DATA_DIR/);
    expect(existsSync(join(folder, 'barkeep.json'))).toBe(false);
  });

  it('is claimed again after a start that found the disk full', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'barkeep.json'), '');
    claimDataFolder(folder);
    expect(JSON.parse(readFileSync(join(folder, 'barkeep.json'), 'utf8'))).toEqual({ version: 1 });
  });

  it('is refused if another version created it', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'barkeep.json'), '{"version": 99}');
    expect(() => claimDataFolder(folder)).toThrow(/another version/);
  });

  it.each(['{"vers', 'null', '{}', '{"version": "1"}'])('is kept if its marker is damaged: %s', (content) => {
    const folder = temporaryFolder();
    const marker = join(folder, 'barkeep.json');
    writeFileSync(marker, content);
    const claim = () => claimDataFolder(folder);
    expect(claim).toThrow(`${marker}, which marks the folder as Barkeep's, is damaged.`);
    expect(claim).toThrow('by {"version":1} and start again');
    expect(claim).not.toThrow('DATA_DIR');
    expect(readFileSync(marker, 'utf8')).toBe(content);
  });

  it('is not to be changed for a fault that is none of its permissions', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'barkeep.json'));
    expect(() => claimDataFolder(folder)).toThrow(/^Cannot use .* as data folder: EISDIR: [^.]*\.$/);
  });

  it('is refused if it is a file', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => claimDataFolder(file)).toThrow(
      /^Cannot use .* as data folder: .*\. Set DATA_DIR to a folder that can be written\.$/,
    );
  });

  it('is locked by one start at a time: a second one reports where the first runs', async () => {
    const folder = temporaryFolder();
    claimDataFolder(folder);
    const release = await lockDataFolder(folder);
    const pids = { start: process.pid, postgres: 1, temporal: 1, sandbox: null, worker: 1, api: 1 };
    new RuntimeFile(folder).write({
      ...{ mode: 'live', api: 'http://127.0.0.1:3000', temporalAddress: '127.0.0.1:7233', temporalUi: null, pids },
      ...{
        namespace: 'default',
        databaseUrl: 'postgres://x',
        readDatabaseUrl: null,
        providers: {},
        metrics: 'http://127.0.0.1:9464/metrics',
        adminToken: 't',
        readToken: null,
        backupKeep: 7,
      },
    });
    expect(statSync(join(folder, 'runtime.json')).mode & 0o777).toBe(0o600);
    await expect(lockDataFolder(folder)).rejects.toThrow(`pid ${process.pid}, API http://127.0.0.1:3000`);
    release();
    (await lockDataFolder(folder))();
  });
});
