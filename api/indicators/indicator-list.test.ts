import { describe, expect, it } from 'vitest';
import { chooseIndicators } from '../../domain/indicators/chosen-indicators.js';
import { INDICATOR_LIST } from './indicator-list.js';
import { IndicatorListSchema } from './indicators.schema.js';

describe('the list of indicators', () => {
  it('has the documented shape', () => {
    expect(IndicatorListSchema.strict().parse(INDICATOR_LIST)).toEqual(INDICATOR_LIST);
    expect(INDICATOR_LIST.indicators.map(({ asked, pane }) => [asked, pane])).toEqual([
      ['sma:20', 'overlay'],
      ['ema:20', 'overlay'],
      ['bollinger:20:2', 'overlay'],
      ['vwap', 'overlay'],
      ['rsi:14', 'own'],
      ['macd:12:26:9', 'own'],
    ]);
  });

  it('gives the form of each in `include`, and the names of its columns', () => {
    for (const { asked, outputs } of INDICATOR_LIST.indicators) {
      expect(Object.values(chooseIndicators(asked)[0]!.columns)).toEqual(outputs.map(({ column }) => column));
    }
  });
});
