import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import type { BinarySource } from './binary-sources.js';
import { obtain, type Program, temporalCli } from './temporal-binary.js';

const HASH_OF_GOOD = '770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c';
const delivering = (name: string, content: string): BinarySource => ({
  name,
  fetch: async (folder) => {
    const path = join(folder, 'some-program');
    await writeFile(path, content);
    return path;
  },
});
const failing: BinarySource = { name: 'a dead host', fetch: () => Promise.reject(new Error('no response within 4 s')) };
const program = (sources: BinarySource[], hash?: string): Program => ({
  ...{ name: 'prog', version: '1.2.3', sources, help: 'Install it yourself.' },
  hashes: hash ? { [`${process.platform}-${process.arch}`]: hash } : {},
});

describe('getting a program', () => {
  it('uses the first source that works, makes the program executable, and downloads it only once', async () => {
    const cacheFolder = temporaryFolder();
    const path = await obtain(program([failing, delivering('b', 'good')], HASH_OF_GOOD), { cacheFolder });
    expect(readFileSync(path, 'utf8')).toBe('good');
    expect(await obtain(program([failing]), { cacheFolder })).toBe(path);
    expect(readdirSync(cacheFolder)).toEqual(['prog-1.2.3']);
  });

  it('works when several processes get it at once', async () => {
    const cacheFolder = temporaryFolder();
    const all = await Promise.all([1, 2, 3].map(() => obtain(program([delivering('a', 'good')]), { cacheFolder })));
    expect(new Set(all).size).toBe(1);
  });

  it('lists the sources it tried, why each failed, and what to do', async () => {
    const cacheFolder = temporaryFolder();
    const attempt = obtain(program([failing, delivering('a forger', 'evil')], HASH_OF_GOOD), { cacheFolder });
    await expect(attempt).rejects.toThrow(
      /prog 1\.2\.3\. Tried:\n {2}- a dead host: no response within 4 s\n {2}- a forger: its SHA-256 is \w+, expected \w+\nInstall it yourself\./,
    );
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  it('skips a program on PATH that has the name but not the command', async () => {
    const folder = temporaryFolder();
    const cacheFolder = join(folder, 'cache');
    mkdirSync(cacheFolder);
    writeFileSync(join(folder, 'temporal'), '#!/bin/sh\necho something else\n', { mode: 0o755 });
    writeFileSync(join(cacheFolder, 'temporal-1.9.1'), '');
    const path = process.env.PATH;
    process.env.PATH = `${folder}:/bin`;
    try {
      expect(await temporalCli({ cacheFolder })).toBe(join(cacheFolder, 'temporal-1.9.1'));
    } finally {
      process.env.PATH = path;
    }
  });
});
