import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../test/environment/eventually.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { StateFile } from './state-file.js';

describe('a state file', () => {
  it('is written later if it cannot be written now, with the newest content', async () => {
    const folder = join(temporaryFolder(), 'missing');
    const lines: string[] = [];
    const file = new StateFile(join(folder, 'state.json'), { report: (line) => lines.push(line), retryMs: 10 });
    file.write('old');
    file.write('new');
    mkdirSync(folder);
    await eventually(() => expect(existsSync(file.path)).toBe(true));
    expect(readFileSync(file.path, 'utf8')).toBe('new');
    expect(lines).toEqual([
      expect.stringMatching(/state.json cannot be written \(ENOENT.*\)\. Trying again/),
      expect.stringMatching(/is up to date again/),
    ]);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it('is not written after it was closed', async () => {
    const folder = join(temporaryFolder(), 'missing');
    const file = new StateFile(join(folder, 'state.json'), { retryMs: 10 });
    file.write('old');
    file.close();
    mkdirSync(folder);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readdirSync(folder)).toEqual([]);
  });
});
