import { describe, expect, it } from 'vitest';
import { aggregationOf, servedTimeframes } from '../../domain/series/timeframes.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { FIRST_ASSETS } from './first-assets.js';
import { PROVIDERS, PROVIDER_IDS, timeframesOfProvider } from './providers.js';
import { PIPELINES } from './schedules.js';

describe.each(PROVIDER_IDS)('the catalog entry of %s', (id) => {
  const { stored, served, defaults, finerDefaults, live, reference, ...entry } = PROVIDERS[id];
  const has = Object.keys(stored);

  it('serves every timeframe from a stored one, and every stored timeframe as it is', () => {
    expect(has).toEqual(expect.arrayContaining(Object.values(served)));
    const asStored = servedTimeframes({ served }).filter((timeframe) => aggregationOf({ served }, timeframe) === null);
    expect(asStored).toEqual(timeframesOfProvider(id));
  });

  it('has defaults that are served', () => {
    expect(Object.keys(served)).toEqual(
      expect.arrayContaining([...Object.values(defaults), ...Object.values(finerDefaults)]),
    );
  });

  it('stores its live and its reference timeframe', () => {
    expect(has).toEqual(expect.arrayContaining([live, reference]));
  });

  it('has a pipeline for every stored timeframe, unless it is never asked', () => {
    const fetched = Object.values(PIPELINES)
      .filter((pipeline) => pipeline.provider === id)
      .flatMap((pipeline): readonly StoredTimeframe[] => pipeline.timeframes);
    expect(fetched).toEqual(id === 'file' ? [] : timeframesOfProvider(id));
  });

  it('serves the kinds of its first assets', () => {
    const kinds = FIRST_ASSETS.filter(({ provider }) => provider === id).map(({ kind }) => kind);
    expect(entry.kinds).toEqual(expect.arrayContaining(kinds));
  });
});
