import { describe, expect, it } from 'vitest';
import type { FoundInstrument } from '../../planning/find-instruments.js';
import { foundInWords } from './found-in-words.js';

const siemens: FoundInstrument = {
  ...{ providerSymbol: 'SIE.DE', symbol: 'SIE.DE', name: 'Siemens', kind: 'equity', exchange: 'XETR' },
  ...{ exchangeName: 'Frankfurt (Xetra)', currency: 'EUR', quotedIn: null, refused: null },
  ...{ provider: 'yahoo', askedProvider: 'yahoo', followedAs: null, timeframes: ['1m', '1d'] },
};

describe('a line of npm run asset -- find', () => {
  it('says what can be followed, and where it trades', () => {
    expect(foundInWords(siemens)).toBe('SIE.DE           Siemens; equity, XETR Frankfurt (Xetra), EUR, yahoo: 1m, 1d');
  });

  it('leaves out what the provider does not say', () => {
    const toyota: FoundInstrument = { ...siemens, exchange: 'XTKS', exchangeName: 'Tokyo', currency: null };
    expect(foundInWords(toyota)).toContain('; equity, XTKS Tokyo, yahoo: 1m, 1d');
  });

  it('says that it is followed, or why it cannot be', () => {
    const followed: FoundInstrument = { ...siemens, followedAs: { symbol: 'SIE.DE', status: 'active' } };
    expect(foundInWords(followed)).toMatch(/: followed as SIE.DE, active$/);
    expect(foundInWords({ ...siemens, refused: 'no futures' })).toMatch(/: no futures$/);
  });
});
