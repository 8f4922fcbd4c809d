import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { DAY } from '../../domain/timeframe.js';
import type { Queryable } from '../client.js';
import { baseFolderOf } from './archive.js';
import { copyNameOf } from './base-copy.js';
import { backupState } from './state-in-words.js';

const NOW = Date.parse('2026-11-30T09:00:00Z');
/** A server that archives to a folder. */
const archivingTo = (archive: string) =>
  ({
    query: async () => Promise.resolve({ rows: [{ archive, lastArchivedAt: new Date(NOW), failedAt: null }] }),
  }) as unknown as Queryable;

it('tells a daily copy that is late from an archive that cannot be read', async () => {
  const archive = temporaryFolder();
  const state = async () => backupState(archivingTo(archive), NOW);
  expect(await state()).toEqual({ isProblem: true, words: expect.stringContaining('cannot be read (ENOENT)') });
  mkdirSync(baseFolderOf(archive));
  expect(await state()).toMatchObject({ isProblem: true, isLate: true });
  mkdirSync(join(baseFolderOf(archive), copyNameOf(new Date(NOW - 2.1 * DAY))));
  expect(await state()).toMatchObject({ isProblem: true, isLate: true });
  mkdirSync(join(baseFolderOf(archive), copyNameOf(new Date(NOW - 1.9 * DAY))));
  expect(await state()).toMatchObject({ isProblem: false });
});
