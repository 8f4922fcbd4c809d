import { describe, expect, it } from 'vitest';
import type { Asset, Bars } from '../../lib/api/types';
import { storyBarOf } from './story-bar';

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
    expect(storyBarOf(asset, '2026-10-01T00:00:00Z', bars('1d'), DAYS)).toMatchObject({ until: null, base: '1d' });
    for (const time of [null, 'yesterday']) expect(storyBarOf(asset, time, bars('1d'), DAYS)).toBeNull();
    expect(storyBarOf(asset, '2026-11-23T00:00:00Z', undefined, null)).toBeNull();
  });
});
