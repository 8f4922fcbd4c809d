import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { DAY } from '../../domain/timeframe.js';
import type { Queryable } from '../client.js';
import { copyNameOf } from './base-copy.js';
import { CHECKSUMS } from './checksums.js';
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
  const base = join(archive, 'base');
  mkdirSync(base);
  expect(await state()).toMatchObject({ isProblem: true, isLate: true });
  const copyOf = (days: number) => {
    const copy = join(base, copyNameOf(new Date(NOW - days * DAY)));
    mkdirSync(copy);
    return join(copy, CHECKSUMS);
  };
  writeFileSync(copyOf(2.1), '');
  expect(await state()).toMatchObject({ isProblem: true, isLate: true });
  const unfinished = copyOf(1.9);
  expect(await state()).toMatchObject({ isProblem: true, isLate: true });
  writeFileSync(unfinished, '');
  expect(await state()).toMatchObject({ isProblem: false });
});
