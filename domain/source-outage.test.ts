import { describe, expect, it } from 'vitest';
import { sourceOutage, type SourceStanding, sourcesWith, withoutOther } from './source-outage.js';

const at = Date.parse('2026-11-25T15:40:30Z');
const up: SourceStanding = {
  timeframes: ['1m', '1d'],
  ...{ name: 'Yahoo Finance', isPaused: false, off: null, blockedUntil: null, isRefused: false, outageSince: null },
};
const refused: SourceStanding = { ...up, blockedUntil: at, isRefused: true, outageSince: at };
const alpaca: SourceStanding = { ...up, name: 'Alpaca' };

describe('the outage of a source in words', () => {
  it('is null while the first source is requested, whatever the others do', () => {
    expect(sourceOutage('SPY', [up])).toBeNull();
    expect(sourceOutage('SPY', [up, { ...alpaca, off: 'ALPACA_KEY_ID is not set' }])).toBeNull();
  });

  it('says that there is no other source, or which one stands in', () => {
    expect(sourceOutage('SIE.DE', [refused])).toBe(
      'Yahoo Finance blocks requests until 2026-11-25 15:40 UTC; SIE.DE has no other source',
    );
    expect(sourceOutage('SPY', [refused, { ...alpaca, isPaused: true }, { ...up, name: 'Own files' }])).toBe(
      'Yahoo Finance blocks requests until 2026-11-25 15:40 UTC; Own files stands in',
    );
  });

  it.each([
    [{ blockedUntil: at }, 'Yahoo Finance is not requested before 2026-11-25 15:40 UTC'],
    [{ outageSince: at }, 'Yahoo Finance has been in an outage since 2026-11-25 15:40 UTC'],
    [{ off: 'no key' }, 'Yahoo Finance is off: no key'],
    [{ isPaused: true, blockedUntil: at }, 'Yahoo Finance is paused'],
  ])('tells why for %j, also of the others if none can stand in', (state, why) => {
    expect(
      sourceOutage('SPY', [
        { ...up, ...state },
        { ...alpaca, off: 'no key' },
      ]),
    ).toBe(`${why}; Alpaca is off: no key`);
  });
});

describe('the sources with a timeframe', () => {
  it('are those that have bars of it, by rank', () => {
    const daily = { ...alpaca, timeframes: ['1d'] };
    expect(sourcesWith([up, daily], ['1m'])).toEqual([up]);
    expect(sourcesWith([up, daily], ['1d'])).toEqual([up, daily]);
    expect(sourcesWith([up, daily], ['30m', '1m'])).toEqual([up]);
  });
});

describe('assets without another source', () => {
  it('are named, a few of them', () => {
    expect(withoutOther([])).toBeNull();
    expect(withoutOther(['SIE.DE'])).toBe('SIE.DE has no other source');
    expect(withoutOther([...'ABCDEFG'])).toBe('A, B, C, D, E and 2 more have no other source');
  });
});
