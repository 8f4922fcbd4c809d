import { describe, expect, it } from 'vitest';
import { marketCommand } from './options.js';

describe('the command line of npm run market', () => {
  it('closes, reopens and lists', () => {
    expect(marketCommand(['close', 'xnys', '2026-01-05', '--reason', ' Day of mourning '])).toEqual({
      ...{ action: 'close', exchange: 'XNYS', date: '2026-01-05', reason: 'Day of mourning' },
    });
    expect(marketCommand(['--reason', 'a mistake', 'reopen', 'XNYS', '2026-01-05'])).toMatchObject({
      ...{ action: 'reopen', reason: 'a mistake' },
    });
    expect(marketCommand(['list'])).toEqual({ action: 'list', exchange: null });
    expect(marketCommand(['list', 'xetr'])).toEqual({ action: 'list', exchange: 'XETR' });
    expect(marketCommand(['--help'])).toBeNull();
  });

  it.each([
    ['', 'Say what to do: close, reopen or list.'],
    ['shut XNYS 2026-01-05', 'Unknown command shut: close, reopen or list.'],
    ['close XNYS', 'Say which exchange and which day, as in: close XNYS 2026-01-05.'],
    ['close XNYS 2026-01-05', '--reason is missing'],
    ['close XNYS 2026-01-05 2026-01-06 --reason Storm', 'Unexpected 2026-01-06.'],
    ['list XNYS 2026-01-05', 'list takes an exchange only'],
    ['close XNYS 2026-01-05 --reasn Storm', 'Unknown option --reasn. Did you mean --reason?'],
  ])('refuses %j with exit code 2', (line, words) => {
    const attempt = () => marketCommand(line.split(' ').filter(Boolean));
    expect(attempt).toThrow(words);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
