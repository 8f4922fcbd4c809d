import { describe, expect, it } from 'vitest';
import type { IndicatorList } from '../../lib/api/types';
import { fits, includeOf, studiesOf } from './studies';

type Indicator = IndicatorList['indicators'][number];
type Output = Indicator['outputs'][number];

const output = (name: string, more: Partial<Output> = {}): Output => ({
  name,
  column: name,
  description: '',
  unit: 'price',
  draw: 'line',
  ...more,
});
const indicator = (asked: string, pane: Indicator['pane'], outputs: Output[]): Indicator => ({
  id: asked.split(':')[0]!,
  name: asked,
  description: asked,
  pane,
  asked,
  parameters: [],
  outputs,
});

const studies = studiesOf([
  indicator('sma:20', 'overlay', [output('sma')]),
  indicator('ema:20', 'overlay', [output('ema')]),
  indicator('bollinger:20:2', 'overlay', [output('middle'), output('upper'), output('lower')]),
  indicator('vwap', 'overlay', [output('vwap')]),
  indicator('rsi:14', 'own', [output('rsi', { unit: 'index' })]),
  indicator('macd:12:26:9', 'own', [output('macd'), output('signal'), output('histogram', { draw: 'histogram' })]),
]);

describe('the studies of a chart', () => {
  it('are the stored indicators and those of the registry, overlays first', () => {
    expect(studies.map(({ label, pane }) => [label, pane])).toEqual([
      ['SMA 20', 'overlay'],
      ['SMA 50', 'overlay'],
      ['EMA 20', 'overlay'],
      ['Bollinger 20 2', 'overlay'],
      ['VWAP', 'overlay'],
      ['RSI 14', 'own'],
      ['MACD 12 26 9', 'own'],
      ['Daily return', 'own'],
    ]);
  });

  it('each have their own colour as overlays', () => {
    const colors = studies.filter(({ pane }) => pane === 'overlay').map(({ lines }) => lines.map(({ color }) => color));
    expect(colors).toEqual([[0], [1], [2], [3, 3, 3], [4]]);
  });

  it('that restart with each session fit only bars shorter than a day', () => {
    const fitting = (timeframe: string) => studies.filter((study) => fits(study, timeframe)).map(({ id }) => id);
    expect(fitting('1h')).toHaveLength(studies.length);
    for (const timeframe of ['1d', '4d', '1w', '1mo']) expect(fitting(timeframe)).not.toContain('vwap');
    expect(fitting('1d')).toHaveLength(studies.length - 1);
  });

  it('name their lines if there are several', () => {
    const macd = studies.find(({ id }) => id === 'macd')!;
    expect(macd.lines.map(({ name, draw, color }) => [name, draw, color])).toEqual([
      ['', 'line', 0],
      ['signal', 'line', 1],
      ['histogram', 'histogram', 0],
    ]);
  });

  it('request from the API only what responses do not always include', () => {
    const chosen = (...ids: string[]) => includeOf(studies.filter(({ id }) => ids.includes(id)));
    expect(chosen('sma20', 'return')).toBe('');
    expect(chosen('rsi', 'sma50', 'ema')).toBe('ema:20,rsi:14');
  });
});
