import { describe, expect, it } from 'vitest';
import type { Market } from './api/types';
import { dayFraction, tradingParts, viewMarket } from './markets';

const NEW_YORK: Market = {
  mic: 'XNYS',
  name: 'New York',
  timezone: 'America/New_York',
  state: 'open',
  date: '2026-11-24',
  holiday: null,
  session: {
    date: '2026-11-24',
    open: '2026-11-24T14:30:00Z',
    close: '2026-11-24T21:00:00Z',
    breaks: [],
    earlyClose: false,
  },
  next: { at: '2026-11-24T21:00:00Z', to: 'closed' },
};
const HONG_KONG: Market = {
  ...NEW_YORK,
  mic: 'XHKG',
  timezone: 'Asia/Hong_Kong',
  state: 'lunch',
  session: {
    date: '2026-11-24',
    open: '2026-11-24T01:30:00Z',
    close: '2026-11-24T08:00:00Z',
    breaks: [{ start: '2026-11-24T04:00:00Z', end: '2026-11-24T05:00:00Z' }],
    earlyClose: false,
  },
  next: { at: '2026-11-24T05:00:00Z', to: 'open' },
};
const at = (text: string) => Date.parse(text);

describe('a market in words', () => {
  it('counts down to the close of an open session, to the second', () => {
    const view = viewMarket(NEW_YORK, at('2026-11-24T15:29:59Z'));
    expect(view).toEqual({ kind: 'open', label: 'Open', next: 'closes 16:00, in 5:30:01' });
  });

  it('names the half day and its close', () => {
    const session = { ...NEW_YORK.session!, close: '2026-11-27T18:00:00Z', earlyClose: true };
    const market: Market = { ...NEW_YORK, session, next: { at: '2026-11-27T18:00:00Z', to: 'closed' } };
    const view = viewMarket(market, at('2026-11-27T17:59:00Z'));
    expect(view).toMatchObject({ label: 'Half day', next: 'closes 13:00, in 1:00' });
  });

  it('names the holiday and the day on which the market reopens', () => {
    const market: Market = {
      ...NEW_YORK,
      state: 'closed',
      session: null,
      holiday: 'Thanksgiving',
      next: { at: '2026-11-27T14:30:00Z', to: 'open' },
    };
    const view = viewMarket(market, at('2026-11-26T17:00:00Z'));
    expect(view).toEqual({ kind: 'closed', label: 'Thanksgiving', next: 'opens Fri 09:30, in 21:30:00' });
  });

  it('shows when lunch ends', () => {
    const view = viewMarket(HONG_KONG, at('2026-11-24T04:58:30Z'));
    expect(view).toEqual({ kind: 'lunch', label: 'Lunch', next: 'reopens 13:00, in 1:30' });
  });

  it('changes at the announced instant, before the next response', () => {
    expect(viewMarket(HONG_KONG, at('2026-11-24T05:00:00Z'))).toEqual({ kind: 'open', label: 'Open', next: '' });
    expect(viewMarket(NEW_YORK, at('2026-11-24T21:00:00Z'))).toMatchObject({ kind: 'closed', label: 'Closed' });
  });
});

describe('the day of a market', () => {
  it('follows local clocks on both sides of a daylight-saving change', () => {
    expect(dayFraction(at('2026-10-30T13:30:00Z'), 'America/New_York')).toBeCloseTo(9.5 / 24);
    expect(dayFraction(at('2026-11-02T14:30:00Z'), 'America/New_York')).toBeCloseTo(9.5 / 24);
  });

  it('has one trading part per session, or two with a lunch break', () => {
    expect(tradingParts(NEW_YORK).map((part) => part.map((edge) => edge * 24))).toEqual([[9.5, 16]]);
    expect(tradingParts(HONG_KONG).map((part) => part.map((edge) => edge * 24))).toEqual([
      [9.5, 12],
      [13, 16],
    ]);
    expect(tradingParts({ ...NEW_YORK, session: null })).toEqual([]);
  });
});
