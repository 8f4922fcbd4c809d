import { describe, expect, it } from 'vitest';
import { backupAction } from './options.js';

describe('the words of npm run backup', () => {
  it('take a base copy by default, list or verify', () => {
    expect([backupAction([]), backupAction(['list']), backupAction(['verify'])]).toEqual(['take', 'list', 'verify']);
    expect(backupAction(['--help'])).toBeNull();
    expect(() => backupAction(['verfy'])).toThrow('Unknown command verfy: list or verify.');
    expect(() => backupAction(['list', 'all'])).toThrow('Unknown command list all');
  });
});
