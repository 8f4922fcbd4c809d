import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../config/catalog/providers.js';
import { calendarOf } from '../calendars/index.js';
import { type EarlierSource, endedSessions, standsIn } from './stand-in.js';

const at = (time: string): number => Date.parse(`2026-11-${time}Z`);
const rules = {
  calendar: calendarOf('XNYS'),
  timeframe: '1m',
  limits: PROVIDERS.yahoo.stored['1m']!,
  delayMs: 0,
} as const;
const earlier = (newestBar: string | null, isOut = false): EarlierSource => ({
  isOut,
  newestBar: newestBar === null ? null : at(newestBar),
  rules,
});

describe('a later source stands in', () => {
  it.each([
    ['not while the first one has the bar that was final two minutes ago', '24T15:27', '24T15:30:10', false],
    ['two minutes after the first bar that did not come', '24T15:26', '24T15:30:10', true],
    ['not before then', '24T15:26', '24T15:29:59', false],
    ['not in the first minutes of a session', '23T20:59', '24T14:32:50', false],
    ['from the third minute of a session on', '23T20:59', '24T14:33:08', true],
    ['not while the market is closed', '24T20:59', '25T03:00', false],
    ['not on a holiday', '25T20:59', '26T16:00', false],
    ['if the first one has never had a bar', null, '24T15:30:10', true],
  ])('%s', (_, newest, now, expected) => {
    expect(standsIn([earlier(newest)], at(now))).toBe(expected);
  });

  it('at once if the first one cannot be requested, and only if every earlier one is silent or out', () => {
    const now = at('24T15:30:10');
    expect(standsIn([earlier('24T15:29', true)], now)).toBe(true);
    expect(standsIn([earlier('24T15:29', true), earlier('24T15:28')], now)).toBe(false);
    expect(standsIn([earlier('24T15:20'), earlier('24T15:28', true)], now)).toBe(true);
    expect(standsIn([], now)).toBe(true);
  });

  it.each(['2027-01-05T15:30Z', '2027-06-01T15:30Z'])(
    'after the end of the calendar, as on its last day: %s',
    (now) => {
      const newestBar = Date.parse('2026-12-30T09:59Z');
      const ended = { isOut: false, newestBar, rules: { ...rules, calendar: calendarOf('XBOM') } };
      expect(standsIn([ended], Date.parse(now))).toBe(false);
    },
  );

  it('counts the delay of the exchange', () => {
    const delayed = [{ ...earlier('24T15:10'), rules: { ...rules, delayMs: 15 * 60_000 } }];
    expect(standsIn(delayed, at('24T15:28'))).toBe(false);
    expect(standsIn(delayed, at('24T15:29:10'))).toBe(true);
  });
});

describe('the ended sessions', () => {
  it('are those whose last bar is final', () => {
    const from = at('23T00:00');
    expect([...endedSessions(rules, from, at('24T21:00:07'))]).toEqual(['2026-11-23']);
    expect([...endedSessions(rules, from, at('24T21:00:08'))]).toEqual(['2026-11-23', '2026-11-24']);
  });
});
