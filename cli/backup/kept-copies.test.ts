import { expect, it } from 'vitest';
import { readEnv } from '../../config/env.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { type Runtime, RuntimeFile } from '../lib/runtime-file.js';
import { keptCopies } from './kept-copies.js';

it('keeps as many base copies as the running `npm start`, whatever another shell has in BACKUP_KEEP', () => {
  const DATA_DIR = temporaryFolder();
  expect(keptCopies(readEnv({ DATA_DIR, BACKUP_KEEP: '3' }))).toBe(3);
  const file = new RuntimeFile(DATA_DIR);
  file.write({ backupKeep: 30 } as Runtime);
  expect(keptCopies(readEnv({ DATA_DIR }))).toBe(30);
  expect(keptCopies(readEnv({ DATA_DIR, BACKUP_KEEP: '3' }))).toBe(30);
  file.remove();
});
