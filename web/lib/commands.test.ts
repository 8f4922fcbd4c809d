import { describe, expect, it } from 'vitest';
import { findCommands, type Command } from './commands';

const command = (group: string, label: string, note: string): Command => ({
  ...{ group, label, note, id: `${group} ${label}` },
  run: () => undefined,
});
const ALL = [
  command('Assets', 'SPY', 'SPDR S&P 500 ETF'),
  command('Assets', 'NVDA', 'NVIDIA'),
  command('Assets', 'SIE.DE', 'Siemens'),
  command('Ranges', '1Y', 'Range of the chart'),
  command('Runs', 'stocks_1min', 'failed 3 min ago'),
  command('Actions', 'Switch theme', 'dark light'),
];
const found = (text: string) => findCommands(ALL, text).map(({ label }) => label);

describe('commands', () => {
  it('are all offered until something is typed', () => {
    expect(found('  ')).toEqual(ALL.map(({ label }) => label));
  });

  it.each([
    ['nv', ['NVDA']],
    ['siem', ['SIE.DE']],
    ['de', ['SIE.DE']],
    ['failed stocks', ['stocks_1min']],
    ['1', ['1Y', 'stocks_1min']],
    ['dark', ['Switch theme']],
    ['zzz', []],
  ])('that match %s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('whose label begins with the text come first, with their group', () => {
    expect(found('s')[0]).toBe('SPY');
    expect(found('sw')).toEqual(['Switch theme']);
    expect(found('range')).toEqual(['1Y']);
  });
});
