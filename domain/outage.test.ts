import { describe, expect, it } from 'vitest';
import type { CalendarId } from './calendars/calendar.js';
import { isNullSession, outageSymptom, type RequestedAsset, silentExchanges } from './outage.js';

/** Assets 1, 2, … of one exchange after the other. */
const assetsOf = (...exchanges: (CalendarId | null)[]): RequestedAsset[] =>
  exchanges.map((exchange, i) => ({ assetId: i + 1, exchange }));
const three = assetsOf('XNYS', 'XNYS', 'XNYS');
/** 1 to 4 in New York, 5 in Frankfurt, 6 in Paris. */
const mixed = assetsOf('XNYS', 'XNYS', 'XNYS', 'XNYS', 'XETR', 'XPAR');

describe('an outage of the provider', () => {
  it('is a symptom that two thirds of at least three assets show', () => {
    expect(outageSymptom(three, { SchemaDrift: [1, 2] })).toBe('SchemaDrift');
    const seven = assetsOf(...Array<'XNYS'>(7).fill('XNYS'));
    expect(outageSymptom(seven, { ProviderUnavailable: [1, 2, 3, 4] })).toBeNull();
    expect(outageSymptom(seven, { ProviderUnavailable: [1, 2, 3, 4, 5] })).toBe('ProviderUnavailable');
    expect(outageSymptom(three.slice(1), { ProviderUnavailable: [2, 3] })).toBeNull();
  });
  it('shows at every exchange that was requested', () => {
    for (const symptom of ['null_session', 'SchemaDrift', 'BadContent', 'ProviderUnavailable'] as const) {
      expect(outageSymptom(mixed, { [symptom]: [1, 2, 3, 4] })).toBeNull();
      expect(outageSymptom(mixed, { [symptom]: [1, 2, 3, 4, 6] })).toBeNull();
      expect(outageSymptom(mixed, { [symptom]: [1, 2, 3, 5, 6] })).toBe(symptom);
    }
  });
  it('is a 429 wherever it shows: a block concerns all requests after it', () => {
    expect(outageSymptom(mixed, { RateLimited: [1, 2, 3, 4] })).toBe('RateLimited');
  });
  it('is found while only one exchange is requested, unless that exchange may be closed', () => {
    expect(outageSymptom(three, { null_session: [1, 2, 3] })).toBe('null_session');
    expect(outageSymptom(three, { ProviderUnavailable: [1, 2, 3] })).toBe('ProviderUnavailable');
    expect(outageSymptom(three, { null_session: [1, 2, 3], no_rows: [1, 2, 3] })).toBeNull();
  });
  it('is found if coins come without rows: their market never closes', () => {
    const coins = assetsOf('24/7', '24/7', '24/7');
    expect(outageSymptom(coins, { null_session: [1, 2, 3], no_rows: [1, 2, 3] })).toBe('null_session');
  });
  it('is found if no exchange has a row', () => {
    const all = mixed.map(({ assetId }) => assetId);
    expect(outageSymptom(mixed, { null_session: all, no_rows: all })).toBe('null_session');
  });
  it('is not found if the assets have bars in other windows of the cycle', () => {
    expect(outageSymptom(three, { null_session: [1, 2, 3], bars: [2, 3] })).toBeNull();
  });
});

describe('a silent exchange', () => {
  it('is one most of whose assets, at least three, have empty payloads', () => {
    expect(silentExchanges(mixed, { null_session: [1, 2, 4, 5] })).toEqual([
      { exchange: 'XNYS', affected: [1, 2, 4], assets: 4 },
    ]);
    expect(silentExchanges(mixed, { null_session: [1, 2, 5, 6] })).toEqual([]);
  });
  it('has no bars in any window of the cycle', () => {
    expect(silentExchanges(mixed, { null_session: [1, 2, 3, 4], bars: [1, 2] })).toEqual([]);
  });
});

describe('a null session', () => {
  const row = (answered: string, filled: string) => ({ answered, filled });
  it('is a payload that is less than half filled', () => {
    expect(isNullSession([row('11111100', '11000000')])).toBe(true);
    expect(isNullSession([row('11111100', '11100000')])).toBe(false);
    expect(isNullSession([row('111', '000'), row('111', '110')])).toBe(true);
  });
  it('is never found with fewer than five slots', () => {
    expect(isNullSession([row('1111', '0000')])).toBe(false);
    expect(isNullSession([])).toBe(false);
  });
});
