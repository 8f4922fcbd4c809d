import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKSUMS } from '../../db/backup/checksums.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { checkNewestCopy } from './database.js';

describe('the newest base copy', () => {
  const check = async (archive: string) => checkNewestCopy(archive, () => {});

  it('must be there', async () => {
    const archive = temporaryFolder();
    expect(await check(archive)).toMatchObject({ status: 'error', advice: expect.stringContaining('npm run backup') });
    mkdirSync(join(archive, 'base'));
    expect(await check(archive)).toMatchObject({ status: 'error', detail: 'there is none' });
  });

  it('must be readable', async () => {
    const archive = temporaryFolder();
    const copy = join(archive, 'base', '2026-11-30T09-46-03Z');
    mkdirSync(copy, { recursive: true });
    writeFileSync(join(copy, CHECKSUMS), '');
    expect(await check(archive)).toMatchObject({ status: 'error', detail: expect.stringContaining(copy) });
  });
});
