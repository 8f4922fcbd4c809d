import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { assetCommand } from './options.js';

const COMMON = { provider: undefined, reason: '', json: false };

describe('the command line of npm run asset', () => {
  const folder = temporaryFolder();

  it.each([
    ['find vodafone group', { action: 'find', text: 'vodafone group' }],
    ['add VOD.L ^GSPC VOD.L', { action: 'add', symbols: ['VOD.L', '^GSPC'] }],
    ['retire SPY --reason merged --json', { action: 'retire', symbols: ['SPY'], reason: 'merged', json: true }],
    ['add bitcoin --provider coingecko', { action: 'add', symbols: ['bitcoin'], provider: 'coingecko' }],
    ['rename FB META', { action: 'rename', symbol: 'FB', to: 'META' }],
    ['list', { action: 'list' }],
    ['source SPY', { action: 'source', symbol: 'SPY', source: null }],
    [
      'source SPY alpaca --rank 1 --role serve --status active --symbol SPYX',
      {
        ...{ action: 'source', symbol: 'SPY' },
        source: { provider: 'alpaca', change: { rank: 1, role: 'serve', status: 'active', providerSymbol: 'SPYX' } },
      },
    ],
  ])('%s', (line, expected) => expect(assetCommand(line.split(' '))).toEqual({ ...COMMON, ...expected }));

  it('takes symbols from a file, too', () => {
    const file = join(folder, 'symbols.txt');
    writeFileSync(file, '\uFEFF# followed by research\r\nVOD.L, 7203.T\n\nBHP.AX # Sydney\n');
    expect(assetCommand(['add', 'SPY', '--file', file])).toMatchObject({
      symbols: ['SPY', 'VOD.L', '7203.T', 'BHP.AX'],
    });
  });

  it.each([
    ['', /Say what to do: find, add/],
    ['delete SPY', /Unknown command delete/],
    ['add', /Say which/],
    ['find', /Say what to find/],
    ['rename FB', /the new one/],
    ['list SPY', /takes no symbols/],
    ['find x --file y', /--file goes with/],
    ['pause SPY --provider alpaca', /--provider goes with add only/],
    ['add x --provider bloomberg', /--provider: must be one of yahoo/],
    ['pause SPY --rank 1', /go with source only/],
    ['source', /Say which asset/],
    ['source SPY alpaca', /Say what to change/],
    ['source SPY --rank 1', /Say which source/],
    ['source SPY alpaca --rank 0', /--rank: must be/],
    ['source SPY alpaca --role main', /--role: must be/],
    ['source SPY alpaca --status retired', /--status: must be/],
    ['add --file /no/such/file', /cannot be read/],
  ])('refuses "%s" with exit code 2', (line, message) => {
    const attempt = () => assetCommand(line.split(' ').filter(Boolean));
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
