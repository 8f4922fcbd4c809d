import { describe, expect, it } from 'vitest';
import { barTimeText, tickText, tickWeight, tickWeights, zoneOf } from './time-axis';

const seconds = (text: string) => Date.parse(text) / 1_000;
const NEW_YORK = 'America/New_York';

/** Half-hour bars of sessions, given by their UTC open and close. */
const sessions = (...days: [date: string, open: string, close: string][]) =>
  days.flatMap(([date, open, close]) => {
    const times: number[] = [];
    for (let at = seconds(`${date}T${open}Z`); at < seconds(`${date}T${close}Z`); at += 1_800) times.push(at);
    return times;
  });

describe('tickWeight', () => {
  it('grows with the unit that has changed', () => {
    const at = (text: string) => Date.parse(`${text}Z`);
    const weights = [
      tickWeight(at('2026-11-24T10:01'), at('2026-11-24T10:02')),
      tickWeight(at('2026-11-24T10:04'), at('2026-11-24T10:05')),
      tickWeight(at('2026-11-24T10:29'), at('2026-11-24T10:30')),
      tickWeight(at('2026-11-24T09:30'), at('2026-11-24T10:00')),
      tickWeight(at('2026-11-24T11:30'), at('2026-11-24T12:00')),
      tickWeight(at('2026-11-23T15:30'), at('2026-11-24T09:30')),
      tickWeight(at('2026-10-30T15:30'), at('2026-11-02T09:30')),
      tickWeight(at('2025-12-31T15:30'), at('2026-01-02T09:30')),
    ];
    expect(weights).toEqual([20, 21, 22, 30, 33, 50, 60, 70]);
    expect(tickWeight(at('2026-11-24T10:00'), at('2026-11-24T10:00'))).toBe(0);
  });
});

describe('tickWeights', () => {
  it('are the same in exchange time before and after a daylight-saving change', () => {
    for (const [before, after] of [
      // 8 March: from 14:30Z to 13:30Z; 1 November: back
      [
        ['2026-03-06', '14:30', '21:00'],
        ['2026-03-09', '13:30', '20:00'],
      ],
      [
        ['2026-10-30', '13:30', '20:00'],
        ['2026-11-03', '14:30', '21:00'],
      ],
    ] as [string, string, string][][]) {
      const times = sessions(before!, after!);
      const weights = tickWeights(times, 0, NEW_YORK);
      expect(times).toHaveLength(26);
      expect(weights.slice(14)).toEqual(weights.slice(1, 13));
      expect(weights.slice(0, 14)).toEqual([50, 30, 22, 30, 22, 33, 22, 30, 22, 30, 22, 31, 22, weights[13]]);
      expect(weights[13]).toBeGreaterThanOrEqual(50);
    }
  });

  it('continue from any index', () => {
    const times = sessions(['2026-10-30', '13:30', '20:00'], ['2026-11-02', '14:30', '21:00']);
    expect(tickWeights(times, 5, NEW_YORK)).toEqual(tickWeights(times, 0, NEW_YORK).slice(5));
  });

  it('follow the local day in Hong Kong, which starts in the UTC afternoon', () => {
    const times = [seconds('2026-11-24T15:30Z'), seconds('2026-11-24T16:00Z')];
    expect(tickWeights(times, 0, 'Asia/Hong_Kong')[1]).toBe(50);
    expect(tickWeights(times, 0, 'UTC')[1]).toBe(30);
  });
});

describe('texts', () => {
  it('of ticks are in exchange time', () => {
    expect(tickText(3, seconds('2026-10-30T13:30Z'), '5m', NEW_YORK)).toBe('09:30');
    expect(tickText(3, seconds('2026-11-02T14:30Z'), '5m', NEW_YORK)).toBe('09:30');
    expect(tickText(2, seconds('2026-11-02T14:30Z'), '5m', NEW_YORK)).toBe('Mon 2');
    expect(tickText(2, seconds('2026-11-02T00:00Z'), '1d', zoneOf('1d', NEW_YORK))).toBe('2');
    expect(tickText(1, seconds('2026-11-01T00:00Z'), '1mo', zoneOf('1mo', NEW_YORK))).toBe('Nov');
    expect(tickText(0, seconds('2026-01-01T00:00Z'), '1mo', 'UTC')).toBe('2026');
  });

  it('of bars are as precise as their timeframe', () => {
    expect(barTimeText(seconds('2026-03-09T13:30Z'), '1m', NEW_YORK)).toBe('Mon 9 Mar 09:30');
    expect(barTimeText(seconds('2026-11-02T00:00Z'), '1d', zoneOf('1d', NEW_YORK))).toBe('Mon 2 Nov 2026');
    expect(barTimeText(seconds('2026-11-02T00:00Z'), '1w', 'UTC')).toBe('from 2 Nov 2026');
    expect(barTimeText(seconds('2026-11-01T00:00Z'), '1mo', 'UTC')).toBe('Nov 2026');
  });
});
