import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { examineStore } from '../../cli/doctor/examine.js';
import { reportOf } from '../../cli/doctor/report.js';
import { closeExchange, reopenExchange } from '../../db/repositories/upkeep/closures.js';
import { calendarOf, setClosures } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import { planHeal } from '../../planning/heal.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';

const NEW_YORK = ['SPY', 'NVDA', 'MSFT', 'GOOGL'];
const FRANKFURT = 'SIE.DE';
const today = SESSION;

/** The test market moves recorded times, which the doctor notices: only findings about coverage count. */
const ABOUT_COVERAGE = /\((coverage|api)_\w+\)|no_slot/;

let market: Market;
beforeAll(async () => {
  market = await startMarket(today.open - HOUR, [...NEW_YORK, FRANKFURT]);
  await market.live();
  const day = { from: new Date(today.open).toISOString(), to: new Date(today.close + DAY / 4).toISOString() };
  for (const symbol of NEW_YORK) await market.page('/__silence', { symbol, ...day });
});
afterAll(() => market?.close());
afterEach(() => setClosures('database', []));

const IN_FRANKFURT = { symbols: [FRANKFURT] };
const isOut = async () => (await market.rows(`select 1 from provider_state where outage_since is not null`)).length > 0;
const barsOf = (symbol: string) => market.stored(symbol, '1m', today.open, today.close);

describe('a day on which an exchange is closed, as nobody had foreseen', () => {
  it('is no outage of the provider: what trades elsewhere is loaded in each run, and so are backfills', async () => {
    let known = (await barsOf(FRANKFURT)).length;
    for (const minutes of [80, 3, 3]) {
      await market.advance(minutes * MINUTE);
      const { status, reason } = await market.live();
      expect([status, await isOut()]).toEqual(['partial', false]);
      expect(reason).toMatch(
        /^ExchangeSilent: exchange silent: New York \(XNYS\), 4 of 4 assets: .* npm run market -- close/,
      );
      const loaded = (await barsOf(FRANKFURT)).length;
      expect(loaded).toBeGreaterThan(known);
      known = loaded;
    }
    const from = calendarOf('XNYS').previousSession(today.date)!;
    const earlier = calendarOf('XNYS').previousSession(from.date)!.date;
    expect(await market.backfill({ timeframes: ['1d'], from: earlier })).toMatchObject({ status: 'succeeded' });
    expect(await isOut()).toBe(false);
  });

  it('is no outage either while no other exchange is open', async () => {
    await market.advanceTo(today.open + 4 * HOUR);
    await market.live();
    await market.advance(3 * MINUTE);
    expect((await market.live()).reason).toMatch(/^ExchangeSilent/);
    expect(await isOut()).toBe(false);
  });

  it('expects nothing once it is listed as closed, and its slots again once it is not', async () => {
    await market.advanceTo(today.close + 7 * HOUR);
    const duringToday = async () => {
      const { requests } = await planHeal(market.pool, market.clockOffsetMs, {
        limit: 999,
        impatient: true,
      });
      return requests.flatMap((one) =>
        one.kind === 'bars' && one.exchange === 'XNYS' && one.window.to > today.open ? [one.symbol] : [],
      );
    };
    const doctor = async () => {
      const examination = await examineStore(market.pool, { clockOffsetMs: market.clockOffsetMs });
      const pending = examination.series.filter(({ series }) => NEW_YORK.includes(series.symbol));
      return {
        report: reportOf(examination, { all: true, now: Date.now() }).join('\n'),
        pending: pending.reduce((sum, each) => sum + each.pending, 0),
      };
    };
    expect(new Set(await duringToday())).toEqual(new Set(NEW_YORK));
    const closure = { exchange: 'XNYS', date: today.date, closed: 'Day of mourning' };
    await closeExchange(market.pool, closure, 'cli');
    expect(await duringToday()).toEqual([]);
    const closed = await doctor();
    expect(closed.report).not.toMatch(ABOUT_COVERAGE);
    expect(closed.pending).toBe(0);
    await reopenExchange(market.pool, closure, 'it traded', 'cli');
    await market.page('/__silence', { clear: 1 });
    expect(new Set(await duringToday())).toEqual(new Set(NEW_YORK));
    await market.heal();
    for (const symbol of NEW_YORK) {
      const { wrong, right } = await market.compare(symbol, '1m', today.open, today.close);
      expect([wrong, right > 100]).toEqual([[], true]);
    }
    expect((await doctor()).report).not.toMatch(ABOUT_COVERAGE);
  });

  it('loses nothing that came while it was closed by mistake: payloads of then are read anew once it is not', async () => {
    const next = calendarOf('XETR').nextSession(today.date)!;
    const after = calendarOf('XETR').nextSession(next.date)!;
    const closure = { exchange: 'XETR', date: next.date, closed: 'by mistake' };
    await closeExchange(market.pool, closure, 'cli');
    await market.advanceTo(after.close + DAY / 4);
    await market.backfill({ ...IN_FRANKFURT, from: today.date, reprocess: 'all' });
    const ofNext = () => market.stored(FRANKFURT, '1m', next.open, next.close);
    expect([await ofNext(), (await market.stored(FRANKFURT, '1m', after.open, after.close)).length > 100]).toEqual([
      [],
      true,
    ]);
    await reopenExchange(market.pool, closure, 'it traded', 'cli');
    // from the stored payloads alone
    await market.page('/__silence', {
      ...{ symbol: FRANKFURT, from: new Date(today.open).toISOString() },
      to: new Date(after.close + DAY).toISOString(),
    });
    await market.heal(IN_FRANKFURT);
    const { wrong, right } = await market.compare(FRANKFURT, '1m', next.open, next.close);
    expect([wrong, right > 100]).toEqual([[], true]);
    const report = reportOf(await examineStore(market.pool, { clockOffsetMs: market.clockOffsetMs }), {
      ...{ all: true, now: Date.now() },
    }).join('\n');
    expect(report).not.toMatch(/\(((coverage|api|other)_\w+|rejected_gone|indicators|no_slot)\)/);
  });
});
