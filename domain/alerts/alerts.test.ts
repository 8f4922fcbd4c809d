import { describe, expect, it } from 'vitest';
import { MAINTENANCE } from '../../config/catalog/schedules.js';
import type { CalendarId } from '../calendars/calendar.js';
import { DAY, MINUTE } from '../timeframe.js';
import { type AlertKind, type Condition, nameOf } from './alert.js';
import { changeAlerts, type OpenAlert } from './change-alerts.js';
import type { CrossingRule, WatchedRule } from './crossing.js';
import { daysUntilFull } from './disk.js';
import { spentBudget } from './error-budget.js';
import { type Facts, judge } from './judge.js';
import { isQuiet, parseQuietHours } from './quiet-hours.js';
import type { ProviderFacts } from './service-alerts.js';

const at = (text: string) => Date.parse(text);
/** A Tuesday, an hour into the session of New York. */
const NOON = at('2026-11-24T15:30:00Z');
const FRIDAY = at('2026-11-20T15:00:00Z');
const SATURDAY = at('2026-11-21T15:30:00Z');
const WELL: Omit<Facts, 'now'> = {
  ...{ upMs: DAY, series: [], staleTimes: [], providers: [], pipelines: [], disagreements: [], disk: [], rules: [] },
  backup: null,
};
const XNYS: CalendarId[] = ['XNYS'];
const yahoo: ProviderFacts = {
  ...{
    id: 'yahoo',
    name: 'Yahoo Finance',
    isBlocked: false,
    refusedKey: null,
    failures: 0,
    lastFailureAt: null,
    outage: null,
    quota: null,
  },
  markets: XNYS,
};
const series = (overdueMs: number): Partial<Facts> => ({
  series: [
    {
      ...{
        symbol: 'NVDA',
        timeframe: '1m',
        provider: 'yahoo',
        exchange: 'XNYS',
        state: overdueMs > 0 ? 'stale' : 'fresh',
      },
      ...{ overdueMs, overdueSince: overdueMs > 0 ? NOON - overdueMs : null },
    },
  ],
});
const provider = (change: Partial<ProviderFacts>): Partial<Facts> => ({ providers: [{ ...yahoo, ...change }] });
const quota = (used: number, leftDays = 15): Partial<Facts> =>
  provider({ quota: { used, limit: 10_000, leftMs: leftDays * DAY, monthMs: 30 * DAY } });
const pipeline = (failed: number): Partial<Facts> => ({
  pipelines: [
    {
      pipeline: 'stocks_1min',
      failed,
      since: NOON - 3 * MINUTE,
      error: 'SchemaDrift',
      provider: 'yahoo',
      markets: XNYS,
    },
  ],
});
const finding: Facts['disagreements'][number] = {
  ...{ symbol: 'SPY', source: 'yahoo', other: 'alpaca', exchange: 'XNYS', session: at('2026-11-23T00:00:00Z') },
  finding: 'Alpaca is 1 % above Yahoo Finance.',
};
const rule: CrossingRule = {
  ...{ id: 7, symbol: 'NVDA', timeframe: '1m', measure: 'close', direction: 'above', level: 140, against: null },
};
const bars = (...closes: number[]) =>
  closes.map((close, i) => ({ time: NOON + i * MINUTE, close, sma_20: 139, sma_50: null }));
const crossing = (
  closes: number[],
  change: Partial<CrossingRule> = {},
  checked: WatchedRule['checked'] = null,
): Partial<Facts> => ({
  rules: [{ rule: { ...rule, ...change }, checked, bars: bars(...closes) }],
});
/** The bar that a rule has looked at last. */
const checked = (i: number, wasBeyond: boolean) => ({ time: NOON + i * MINUTE, wasBeyond });
const disk = (free: number, perDay: number): Partial<Facts> => ({
  disk: Array.from({ length: 8 }, (_, i) => ({ at: NOON - (7 - i) * DAY, free: free + (7 - i) * perDay })),
});
const stale = (minutes: number): Partial<Facts> => ({
  staleTimes: [{ symbol: 'NVDA', exchange: 'XNYS', times: [{ from: FRIDAY, to: FRIDAY + minutes * MINUTE }] }],
});

const judged = (facts: Partial<Facts>, open: OpenAlert[] = [], now = NOON) => {
  const conditions = judge({ now, ...WELL, ...facts });
  return changeAlerts(open, conditions, now);
};
const opened = (facts: Partial<Facts>, now = NOON) => judged(facts, [], now).opened;
const GIB = 2 ** 30;

/** By kind: what opens an alert, what keeps one open without opening one, and what closes it. */
const KINDS: Record<AlertKind, { fires: Partial<Facts>[]; lingers: Partial<Facts>[]; well: Partial<Facts>[] }> = {
  stale: { fires: [series(MINUTE)], lingers: [series(30_000)], well: [series(0)] },
  outage: {
    fires: [
      provider({ outage: { since: NOON - MINUTE, symptom: 'SchemaDrift' } }),
      provider({ isBlocked: true, failures: 2, lastFailureAt: NOON - MINUTE }),
      provider({ refusedKey: ['A_KEY'], failures: 5, lastFailureAt: NOON - MINUTE }),
    ],
    lingers: [
      provider({ failures: 9 }),
      provider({ refusedKey: ['A_KEY'], failures: 4 }),
      provider({ isBlocked: true, failures: 1 }),
    ],
    well: [provider({})],
  },
  quota: {
    fires: [quota(9_001), quota(10_000)],
    lingers: [quota(8_600)],
    // at the end of the month, little is enough
    well: [quota(8_400), quota(9_600, 1)],
  },
  failing: { fires: [pipeline(3)], lingers: [], well: [pipeline(2), pipeline(0)] },
  disagreement: { fires: [{ disagreements: [finding] }], lingers: [], well: [{ disagreements: [] }] },
  disk: {
    fires: [disk(50 * GIB, 5 * GIB), disk(0.9 * GIB, 0)],
    lingers: [disk(50 * GIB, 3 * GIB)],
    well: [disk(50 * GIB, 2 * GIB), disk(50 * GIB, -GIB), { disk: [] }],
  },
  backup: {
    fires: [{ backup: 'unreachable' }, { backup: 'late' }],
    // right after a start, the copy that is due is being taken
    lingers: [{ backup: 'late', upMs: 14 * MINUTE }],
    well: [{ backup: null }],
  },
  budget: { fires: [stale(90)], lingers: [stale(75)], well: [stale(60), { staleTimes: [] }] },
  crossing: {
    fires: [
      crossing([139, 140, 141]),
      crossing([139, 141, 142, 139]),
      crossing([140, 138], { direction: 'below', level: null, against: 'sma_20' }),
    ],
    lingers: [crossing([141]), crossing([141, 142]), crossing([139, 141], {}, checked(1, true))],
    well: [crossing([140]), crossing([]), crossing([139, 141], { level: null, against: 'sma_50' })],
  },
};

describe.each(Object.entries(KINDS))('an alert %s', (kind, { fires, lingers, well }) => {
  it('opens at its cause', () => {
    for (const facts of fires) expect(opened(facts)).toMatchObject([{ kind }]);
  });

  it('does not open for less, but stays open', () => {
    const open = opened(fires[0]!);
    for (const facts of lingers) {
      expect(opened(facts)).toEqual([]);
      expect(judged(facts, open).closed).toEqual([]);
    }
  });

  it('closes when its cause is gone, on a Saturday, too', () => {
    const open = opened(fires[0]!);
    for (const facts of well) {
      expect(judged(facts, open)).toMatchObject({ opened: [], closed: [{ kind }] });
      expect(judged(facts, open, SATURDAY).closed).toHaveLength(1);
    }
  });
});

it('is judged every minute, so an alert opens within two minutes of its cause', () => {
  expect(MAINTENANCE.alerts.gridMs).toBeLessThanOrEqual(MINUTE);
});

describe('changeAlerts', () => {
  it.each(['stale', 'outage', 'quota', 'failing', 'disagreement', 'budget'] as const)(
    'opens no alert %s while its market is closed, and opens it at the next session',
    (kind) => {
      const facts = KINDS[kind].fires[0]!;
      expect(opened(facts, SATURDAY)).toEqual([]);
      expect(opened(facts, at('2026-11-26T15:30:00Z'))).toEqual([]); // Thanksgiving
      expect(opened(facts, at('2026-11-23T14:29:00Z'))).toEqual([]);
      expect(opened(facts, at('2026-11-23T14:30:00Z'))).toHaveLength(1);
      expect(opened(facts, at('2026-11-24T22:29:00Z'))).toHaveLength(1);
      expect(opened(facts, at('2026-11-24T22:30:00Z'))).toEqual([]);
    },
  );

  it('keeps the time at which the cause began, and says what has changed', () => {
    const open = opened(quota(9_001));
    const later = judged(quota(10_000), open, NOON + MINUTE);
    expect(later).toMatchObject({ opened: [], closed: [], changed: [{ now: { severity: 'critical', since: NOON } }] });
    expect(judged(quota(9_001), open, NOON + MINUTE).changed).toEqual([]);
  });

  it('becomes worse once, and not better before it closes', () => {
    const open = opened(disk(14 * GIB, 5 * GIB)); // 2.8 days
    expect(open).toMatchObject([{ severity: 'critical' }]);
    const warned = opened(disk(50 * GIB, 5 * GIB));
    expect(judged(disk(14 * GIB, 5 * GIB), warned).changed).toMatchObject([
      { isWorse: true, now: { severity: 'critical' } },
    ]);
    expect(judged(disk(16 * GIB, 5 * GIB), open).changed).toEqual([]);
    expect(judged(disk(50 * GIB, 5 * GIB), open).changed).toMatchObject([
      { isWorse: false, now: { severity: 'critical', message: expect.stringContaining('10 days') } },
    ]);
  });

  it.each([
    [['A_KEY', 'A_SECRET'], 'Yahoo Finance refuses the key', 'correct A_KEY and A_SECRET, and restart the workers'],
    [[], 'Yahoo Finance refuses access, though it needs no key', 'see its last error'],
  ])('promises no recovery from a refused key, and names its variables: %j', (refusedKey, message, advice) => {
    const [alert] = opened(provider({ refusedKey, failures: 5 }));
    expect(alert!.message).toContain(message);
    expect(alert!.advice).toContain(`This does not end by itself: ${advice}`);
  });

  it('tells of a crossing that only a correction of the last bar has brought, and of none that a split seems to be', () => {
    expect(opened(crossing([139, 141, 142], {}, checked(1, false)))).toMatchObject([
      { kind: 'crossing', since: NOON + MINUTE },
    ]);
    expect(opened(crossing([1390, 1410], {}, checked(1, false)))).toEqual([]);
  });

  it('says what is true of a budget that is not yet restored', () => {
    expect(opened(stale(90))).toMatchObject([{ message: expect.stringContaining('for at least 1 % of') }]);
    expect(judged(stale(75), opened(stale(90))).changed).toMatchObject([
      { now: { message: expect.stringContaining('for at least 0.9 % of') } },
    ]);
  });

  it('tells a consequence from its cause, for as long as the cause is open', () => {
    const outage = provider({ outage: { since: NOON, symptom: 'BadContent' } });
    const all = opened({ ...series(MINUTE), ...pipeline(3), ...outage });
    expect(all.map((alert) => [nameOf(alert), alert.because])).toEqual([
      ['outage yahoo', null],
      ['failing stocks_1min', 'outage yahoo'],
      ['stale NVDA', 'outage yahoo'],
    ]);
    const after = judged(series(MINUTE), all);
    expect(after.closed.map(nameOf)).toEqual(['outage yahoo', 'failing stocks_1min']);
    expect(after.changed).toMatchObject([{ now: { kind: 'stale', because: null } }]);
  });

  it('waits for what was missed while everything was down', () => {
    const facts = series(60 * MINUTE);
    expect(opened({ ...facts, upMs: 2 * MINUTE })).toEqual([]);
    expect(opened({ ...facts, upMs: 3 * MINUTE })).toHaveLength(1);
    expect(judged({ ...facts, upMs: 0 }, opened(facts)).closed).toEqual([]);
  });

  it('never reports a subject twice', () => {
    const names = judge({ now: NOON, ...WELL, ...KINDS.outage.fires[0]!, ...series(MINUTE) }).map((one: Condition) =>
      nameOf(one),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('daysUntilFull', () => {
  const samples = (...free: number[]) => free.map((bytes, i) => ({ at: i * DAY, free: bytes }));

  it('extends a straight line', () => {
    expect(daysUntilFull(samples(100, 90, 80, 70))).toBeCloseTo(7);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])('takes no large file for a trend, on day %i of 8, whether or not it stays', (day) => {
    const days = Array.from({ length: 8 }, (_, i) => i);
    expect(daysUntilFull(samples(...days.map((i) => (i < day ? 100 : 60))))).toBeNull();
    expect(daysUntilFull(samples(...days.map((i) => (i === day ? 60 : 100))))).toBeNull();
    expect(daysUntilFull(samples(...days.map((i) => (i < day ? 200 : 100) - 5 * i)))).toBeCloseTo(13);
  });

  it('takes no moment for a trend, after days that nobody saw', () => {
    expect(daysUntilFull([...samples(100), { at: 9 * DAY, free: 90 }, { at: 9 * DAY + MINUTE, free: 89 }])).toBeNull();
  });

  it('says nothing of growth, and of less than two days', () => {
    expect(daysUntilFull(samples(70, 80, 90))).toBeNull();
    expect(daysUntilFull(samples(70, 60))).toBeNull();
    expect(daysUntilFull([])).toBeNull();
  });
});

describe('spentBudget', () => {
  it('counts the time that the market was open, within 30 days', () => {
    const spent = (from: string, to: string | null) =>
      spentBudget(
        { symbol: 'NVDA', exchange: 'XNYS', times: [{ from: at(from), to: to === null ? null : at(to) }] },
        NOON,
      );
    expect(spent('2026-11-20T22:00:00Z', '2026-11-23T14:00:00Z')).toBe(0);
    expect(spent('2026-10-01T14:30:00Z', '2026-10-01T20:00:00Z')).toBe(0);
    // 21 sessions: 8,190 minutes, of which one percent is 82
    expect(spent('2026-11-24T14:49:00Z', null)).toBeCloseTo(0.5, 1);
  });
});

describe('quiet hours', () => {
  it('go over midnight, and follow the clock of their time zone', () => {
    const berlin = parseQuietHours('22:00-07:00 Europe/Berlin')!;
    const quiet = (time: string) => isQuiet(berlin, at(time));
    expect([quiet('2026-11-24T20:59:00Z'), quiet('2026-11-24T21:00:00Z'), quiet('2026-11-24T05:59:00Z')]).toEqual([
      false,
      true,
      true,
    ]);
    expect([quiet('2026-11-24T06:00:00Z'), quiet('2026-07-24T05:00:00Z'), quiet('2026-07-24T20:00:00Z')]).toEqual([
      false,
      false,
      true,
    ]);
    expect(isQuiet(parseQuietHours('12:00-13:00 UTC')!, at('2026-11-24T12:30:00Z'))).toBe(true);
  });

  it.each(['', '22-7 UTC', '24:00-07:00 UTC', '22:00-07:00', '22:00-07:00 Europe/Nowhere'])('are not %j', (text) => {
    expect(parseQuietHours(text)).toBeNull();
  });
});
