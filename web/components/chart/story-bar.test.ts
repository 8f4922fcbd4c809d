import { describe, expect, it } from 'vitest';
import type { Asset, Bars } from '../../lib/api/types';
import { barTimeOf, opensThen, storyBarOf } from './story-bar';

const asset = { timeframes: [{ timeframe: '1m' }, { timeframe: '1d' }] } as unknown as Asset;
const at = (text: string) => Date.parse(text) / 1_000;
const DAYS = { times: [at('2026-11-23T00:00Z'), at('2026-11-24T00:00Z')], forming: 1 };
const bars = (timeframe: string, rolledUpFrom?: string) => ({ timeframe, meta: { rolledUpFrom } }) as Bars;

describe('the bar whose story is told', () => {
  it('has its own lineage if it is stored', () => {
    expect(storyBarOf(asset, '2026-11-23T00:00:00Z', bars('1d'), DAYS)).toMatchObject({
      ...{ timeframe: '1d', base: '1d', until: '2026-11-24T00:00:00Z', isForming: false },
    });
  });

  it('consists of stored bars if it is aggregated or forming', () => {
    const forming = storyBarOf(asset, '2026-11-24T00:00:00Z', bars('1d'), DAYS);
    expect(forming).toMatchObject({ base: '1m', until: null, isForming: true });
    expect(storyBarOf(asset, '2026-11-23T00:00:00Z', bars('1w', '1d'), DAYS)).toMatchObject({ base: '1d' });
  });

  it('may be out of view, but not without a time or before the bars are loaded', () => {
    const outOfView = storyBarOf(asset, '2026-10-01T00:00:00Z', bars('1d'), DAYS);
    expect(outOfView).toMatchObject({ until: '2026-10-02T00:00:00Z', base: '1d' });
    expect(storyBarOf(asset, null, bars('1d'), DAYS)).toBeNull();
    expect(storyBarOf(asset, '2026-11-23T00:00:00Z', undefined, null)).toBeNull();
  });

  it('is named by a time in any form', () => {
    expect(barTimeOf('2026-11-23T09:30:00-05:00')).toBe('2026-11-23T14:30:00Z');
    // a day later there is no time that a browser knows, and the API knows no year of five digits
    for (const text of [null, '', 'yesterday', '+275760-09-13T00:00Z', '+010000-01-01', '9999-12-31', '-000001-01-01'])
      expect(barTimeOf(text)).toBeNull();
  });

  it('may be missing, but opens at a time of the timeframe', () => {
    const [time, reasons] = ['2026-11-23T14:30:00Z', ['no_trades', 'not_yet_fetched', 'lost'] as const];
    const found = (meta: object, ...times: string[]) =>
      ({ bars: times.map((open) => ({ time: open })), meta }) as unknown as Bars;
    expect(opensThen(time, found({}, '2026-11-23T14:30:00Z'))).toBe(true);
    expect(opensThen(time, found({}, '2026-11-23T15:00:00Z'))).toBe(false);
    for (const reason of reasons) expect(opensThen(time, found({ reason }))).toBe(true);
    for (const reason of ['market_closed', 'future', 'beyond_calendar', 'unobtainable'])
      expect(opensThen(time, found({ reason }))).toBe(false);
  });
});
