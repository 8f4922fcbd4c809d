import { describe, expect, it } from 'vitest';
import { calendarOf, type CalendarId } from '../calendars/index.js';
import { DAY, HOUR, MINUTE, type Timeframe } from '../timeframe.js';
import { bucketEdge, bucketsBetween, closedUntil, mostBaseBars, sessionOfBucket, type Aggregation } from './buckets.js';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString().replace(':00.000Z', 'Z');
const minutes = (timeframe: Timeframe): Aggregation => ({ base: '1m', timeframe });
const days = (timeframe: Timeframe): Aggregation => ({ base: '1d', timeframe });
const candles = (timeframe: Timeframe): Aggregation => ({ base: '4h', timeframe });

const bucketsOn = (id: CalendarId, date: string, aggregation: Aggregation) => {
  const { open, close } = calendarOf(id).sessionOn(date)!;
  return bucketsBetween(calendarOf(id), aggregation, open, close);
};
const summaryOf = (buckets: ReturnType<typeof bucketsOn>) =>
  buckets.map(({ time, close, expected }) => [iso(time), iso(close), expected]);

describe('buckets of a session', () => {
  it('step from the open; the last one is shorter', () => {
    expect(summaryOf(bucketsOn('XNYS', '2026-11-20', minutes('1h')))).toEqual([
      ['2026-11-20T14:30Z', '2026-11-20T15:30Z', 60],
      ['2026-11-20T15:30Z', '2026-11-20T16:30Z', 60],
      ['2026-11-20T16:30Z', '2026-11-20T17:30Z', 60],
      ['2026-11-20T17:30Z', '2026-11-20T18:30Z', 60],
      ['2026-11-20T18:30Z', '2026-11-20T19:30Z', 60],
      ['2026-11-20T19:30Z', '2026-11-20T20:30Z', 60],
      ['2026-11-20T20:30Z', '2026-11-20T21:00Z', 30],
    ]);
    expect(bucketsOn('XNYS', '2026-11-20', minutes('5m'))).toHaveLength(78);
  });

  it('follow local time: an hour earlier in UTC once New York has changed to summer time', () => {
    expect(summaryOf(bucketsOn('XNYS', '2026-03-06', minutes('4h')))).toEqual([
      ['2026-03-06T14:30Z', '2026-03-06T18:30Z', 240],
      ['2026-03-06T18:30Z', '2026-03-06T21:00Z', 150],
    ]);
    expect(summaryOf(bucketsOn('XNYS', '2026-03-09', minutes('4h')))).toEqual([
      ['2026-03-09T13:30Z', '2026-03-09T17:30Z', 240],
      ['2026-03-09T17:30Z', '2026-03-09T20:00Z', 150],
    ]);
  });

  it('end at the early close of a half day', () => {
    expect(summaryOf(bucketsOn('XNYS', '2026-11-27', minutes('1h'))).slice(-2)).toEqual([
      ['2026-11-27T16:30Z', '2026-11-27T17:30Z', 60],
      ['2026-11-27T17:30Z', '2026-11-27T18:00Z', 30],
    ]);
  });

  it('restart after the lunch break in Hong Kong', () => {
    expect(summaryOf(bucketsOn('XHKG', '2026-06-15', minutes('1h')))).toEqual([
      ['2026-06-15T01:30Z', '2026-06-15T02:30Z', 60],
      ['2026-06-15T02:30Z', '2026-06-15T03:30Z', 60],
      ['2026-06-15T03:30Z', '2026-06-15T04:00Z', 30],
      ['2026-06-15T05:00Z', '2026-06-15T06:00Z', 60],
      ['2026-06-15T06:00Z', '2026-06-15T07:00Z', 60],
      ['2026-06-15T07:00Z', '2026-06-15T08:00Z', 60],
    ]);
  });

  it('are UTC days and hours for coins', () => {
    expect(summaryOf(bucketsOn('24/7', '2026-06-14', candles('1d')))).toEqual([
      ['2026-06-14T00:00Z', '2026-06-15T00:00Z', 6],
    ]);
    expect(summaryOf(bucketsOn('24/7', '2026-06-14', { base: '30m', timeframe: '1h' }))[23]).toEqual([
      '2026-06-14T23:00Z',
      '2026-06-15T00:00Z',
      2,
    ]);
  });

  it('are returned whole if the window cuts them; an empty window has none', () => {
    const cut = bucketsBetween(calendarOf('XNYS'), minutes('1h'), at('2026-11-20T14:40Z'), at('2026-11-20T15:31Z'));
    expect(cut.map(({ time }) => iso(time))).toEqual(['2026-11-20T14:30Z', '2026-11-20T15:30Z']);
    expect(bucketsBetween(calendarOf('XNYS'), minutes('1h'), at('2026-11-20T14:40Z'), at('2026-11-20T14:40Z'))).toEqual(
      [],
    );
  });
});

describe('weeks and months', () => {
  const between = (id: CalendarId, aggregation: Aggregation, from: string, to: string) =>
    bucketsBetween(calendarOf(id), aggregation, at(from), at(to));

  it('are labelled with Monday even if it is a holiday, and end with their last session', () => {
    // Labour Day, 7 September 2026
    expect(summaryOf(between('XNYS', days('1w'), '2026-09-09', '2026-09-22'))).toEqual([
      ['2026-09-07T00:00Z', '2026-09-11T20:00Z', 4],
      ['2026-09-14T00:00Z', '2026-09-18T20:00Z', 5],
      ['2026-09-21T00:00Z', '2026-09-25T20:00Z', 5],
    ]);
  });

  it('are labelled with the first even if it is a Sunday', () => {
    expect(summaryOf(between('XNYS', days('1mo'), '2026-11-03', '2026-11-04'))).toEqual([
      ['2026-11-01T00:00Z', '2026-11-30T21:00Z', 20],
    ]);
  });

  it('are built from 4-hour candles for coins', () => {
    expect(summaryOf(between('24/7', candles('1w'), '2026-06-17', '2026-06-18'))).toEqual([
      ['2026-06-15T00:00Z', '2026-06-22T00:00Z', 42],
    ]);
    expect(summaryOf(between('24/7', candles('1mo'), '2027-02-28', '2027-03-02'))).toEqual([
      ['2027-02-01T00:00Z', '2027-03-01T00:00Z', 168],
      ['2027-03-01T00:00Z', '2027-04-01T00:00Z', 186],
    ]);
  });

  it('do not exist without a session', () => {
    // Hong Kong's data begin in 1990
    expect(between('XHKG', days('1w'), '1989-06-01', '1989-07-01')).toEqual([]);
  });

  it('end with the data of the calendar', () => {
    expect(between('XNYS', days('1w'), '2031-01-01', '2031-02-01')).toEqual([]);
    expect(between('XNYS', days('1mo'), '2027-12-01', '2028-02-01')).toHaveLength(1);
  });
});

describe('the bucket edge at a time', () => {
  const edge = (aggregation: Aggregation, time: string) => iso(bucketEdge(calendarOf('XNYS'), aggregation, at(time)));

  it('is the time itself if a bucket starts there or none surrounds it, else the end of the surrounding bucket', () => {
    expect(edge(minutes('5m'), '2026-11-20T15:00Z')).toBe('2026-11-20T15:00Z');
    expect(edge(minutes('5m'), '2026-11-20T15:01Z')).toBe('2026-11-20T15:05Z');
    expect(edge(minutes('1h'), '2026-11-20T20:59Z')).toBe('2026-11-20T21:00Z');
    expect(edge(minutes('5m'), '2026-11-21T15:01Z')).toBe('2026-11-21T15:01Z');
    expect(edge(days('1w'), '2026-11-18')).toBe('2026-11-23T00:00Z');
    expect(edge(days('1mo'), '2026-11-01')).toBe('2026-11-01T00:00Z');
    expect(edge(minutes('5m'), '9999-12-31')).toBe('9999-12-31T00:00Z');
    expect(edge(minutes('5m'), '0001-01-01')).toBe('0001-01-01T00:00Z');
  });
});

describe('the closed part at an instant', () => {
  const until = (id: CalendarId, aggregation: Aggregation, instant: string) =>
    iso(closedUntil(calendarOf(id), aggregation, at(instant)));

  it('ends where the current bucket begins', () => {
    expect(until('XNYS', minutes('5m'), '2026-11-20T15:04:59Z')).toBe('2026-11-20T15:00Z');
    expect(until('XNYS', minutes('5m'), '2026-11-20T15:05Z')).toBe('2026-11-20T15:05Z');
    expect(until('XNYS', minutes('1h'), '2026-11-20T20:59:59Z')).toBe('2026-11-20T20:30Z');
  });

  it('is everything before the instant while the market is closed or on a break', () => {
    expect(until('XHKG', minutes('4h'), '2026-06-15T04:30Z')).toBe('2026-06-15T04:30Z');
    expect(until('XNYS', minutes('1h'), '2026-11-21T12:00Z')).toBe('2026-11-21T12:00Z');
  });

  it('includes the week from its last close on', () => {
    expect(until('XNYS', days('1w'), '2026-11-20T20:59Z')).toBe('2026-11-16T00:00Z');
    expect(until('XNYS', days('1w'), '2026-11-20T21:00Z')).toBe('2026-11-23T00:00Z');
    // Good Friday 2026-04-03: the week ends on Thursday
    expect(until('XNYS', days('1w'), '2026-04-02T20:00Z')).toBe('2026-04-06T00:00Z');
  });

  it("follows the exchange's date: Monday begins in Hong Kong while it is Sunday in UTC", () => {
    expect(until('XHKG', days('1w'), '2026-06-14T17:00Z')).toBe('2026-06-15T00:00Z');
  });

  it('includes the month from its last close on', () => {
    expect(until('XNYS', days('1mo'), '2026-10-30T19:59Z')).toBe('2026-10-01T00:00Z');
    expect(until('XNYS', days('1mo'), '2026-10-30T20:00Z')).toBe('2026-11-01T00:00Z');
    expect(until('24/7', candles('1mo'), '2026-10-31T23:59Z')).toBe('2026-10-01T00:00Z');
    expect(until('24/7', candles('1mo'), '2026-11-01T00:00Z')).toBe('2026-11-01T00:00Z');
  });

  it('does not extend beyond the data of the calendar', () => {
    expect(until('XNYS', days('1w'), '2031-01-01')).toBe('2028-01-03T00:00Z');
  });
});

describe('a bucket', () => {
  it('holds a limited number of base bars', () => {
    expect(
      [minutes('5m'), minutes('4h'), days('1w'), days('1mo'), candles('1w'), candles('1mo')].map(mostBaseBars),
    ).toEqual([5, 240, 7, 31, 42, 186]);
  });

  it('has a trading date: that of its session, or for a week that of its label', () => {
    const [hour] = bucketsOn('XNYS', '2026-11-20', minutes('1h'));
    expect(sessionOfBucket(minutes('1h'), hour!)).toBe('2026-11-20');
    const [week] = bucketsBetween(calendarOf('XNYS'), days('1w'), at('2026-09-09'), at('2026-09-10'));
    expect(sessionOfBucket(days('1w'), week!)).toBe('2026-09-07');
    expect([week!.from, week!.to - week!.from, week!.lastSlot]).toEqual([at('2026-09-07'), 7 * DAY, at('2026-09-11')]);
    expect(hour!.lastSlot).toBe(hour!.time + HOUR - MINUTE);
  });
});
