import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type pg from 'pg';
import type { BackfillPlan, BackfillPlanInput, PlannedRequest } from '../../contracts/activities.js';
import { backfillStartOptions } from '../../contracts/start-options.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import type { Database } from '../../db/client.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, MINUTE } from '../../domain/timeframe.js';
import { planBackfill } from '../../planning/backfill.js';
import { countBackfill } from '../../planning/backfill-count.js';
import { backfillWorkflowId } from '../../planning/backfill-id.js';
import { readBackfillInput, resolveBackfill } from '../../planning/backfill-request.js';
import { planHeal } from '../../planning/heal.js';
import { clocksNow } from '../../planning/series-input.js';
import { connectPatiently, createTestDatabase } from '../environment/database.js';
import { createTestNamespace } from '../environment/namespace.js';
import { RUN_ID, seed } from '../factories.js';
import { ratesOf } from '../../config/rates.js';
import { readEnv } from '../../config/env.js';

const LIMIT = 200;
const NEW_ASSETS = 1_000;

type BarsRequest = Extract<PlannedRequest, { kind: 'bars' }>;

let test: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Database;
let pool: pg.Pool;
let spy: number;

beforeAll(async () => {
  test = await createTestDatabase();
  database = connectPatiently(test.url);
  pool = database.pool;
  spy = (await seed(pool)).get('SPY')!;
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

const plan = (input: Partial<BackfillPlanInput> = {}): Promise<BackfillPlan> =>
  planBackfill(pool, 0, { limit: LIMIT, offset: 0, ...input });
const barsOf = ({ requests }: BackfillPlan): BarsRequest[] => requests.filter((one) => one.kind === 'bars');
const now = () => clocksNow(0).now;
const resolve = (input: unknown) => resolveBackfill(pool, readBackfillInput(input), now());

describe('the backfill of a provider with years of minutes', () => {
  const DAYS_OF_COINBASE = { timeframes: ['1m' as const], symbols: ['BTC'] };
  beforeAll(() =>
    pool.query(`insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
      select symbol, name, kind, 'coinbase', 'BTC-USD', exchange, currency, id, 2 from assets where symbol = 'BTC'`),
  );
  afterAll(() => pool.query('delete from assets where source_of is not null'));

  it('begins 30 days ago if the request does not say from when', async () => {
    const windows = barsOf(await plan(DAYS_OF_COINBASE)).map(({ window }) => window.from);
    expect(now() - Math.min(...windows)).toBeGreaterThan(29 * DAY);
    expect(now() - Math.min(...windows)).toBeLessThan(32 * DAY);
  });

  it('adds up over the sources of an asset: their requests are those of the asset, and the last page plans all', async () => {
    const backfill = await resolve({ symbols: ['BTC'] });
    const { count, byAsset } = await countBackfill(pool, backfill, clocksNow(0), ratesOf(readEnv({})));
    expect(backfill.symbols).toEqual(['BTC']);
    expect(count.byProvider.map(({ provider }) => provider).sort()).toEqual(['coinbase', 'coingecko']);
    expect([count.assets, byAsset]).toEqual([
      1,
      [{ symbol: 'BTC', requests: count.requests, expectedBars: count.expectedBars }],
    ]);
    const pages = [await plan({ symbols: ['BTC'], limit: 1 })];
    while (pages.at(-1)!.more) pages.push(await plan({ symbols: ['BTC'], limit: 1, after: pages.at(-1)!.next }));
    expect(pages.map(({ assets }) => assets)).toEqual([
      { planned: 1, total: 2 },
      { planned: 2, total: 2 },
    ]);
    expect(pages.flatMap(barsOf)).toHaveLength(count.requests);
  });

  it('begins where the request says, as far as the provider reaches', async () => {
    const from = new Date(now() - 100 * DAY).toISOString().slice(0, 10);
    const windows = barsOf(await plan({ ...DAYS_OF_COINBASE, from })).map(({ window }) => window.from);
    expect(now() - Math.min(...windows)).toBeGreaterThan(99 * DAY);
  });

  it('is healed as far back', async () => {
    const { requests } = await planHeal(pool, 0, { ...DAYS_OF_COINBASE, limit: 1_000, impatient: true });
    const windows = requests.flatMap((one) => (one.kind === 'bars' ? [one.window.from] : []));
    expect(windows).not.toEqual([]);
    expect(now() - Math.min(...windows)).toBeLessThan(32 * DAY);
  });
});

describe('the backfill of 1,000 new assets', () => {
  /** Of one asset: a few of minutes, how many depends on the weekday, and one of days. */
  let each: number;

  beforeAll(async () => {
    await pool.query('update assets set active = false');
    await pool.query(
      `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
      select 'N' || i, 'New ' || i, 'stock', 'yahoo', 'N' || i, 'XNYS', 'USD' from generate_series(1, $1) i`,
      [NEW_ASSETS],
    );
    each = (await plan({ symbols: ['N1'] })).requests.length;
    expect(each).toBeGreaterThanOrEqual(5);
  });
  afterAll(async () => {
    await pool.query(`delete from assets where symbol like 'N%' and name like 'New %'`);
    await pool.query('update assets set active = true');
  });

  it('is planned in pages of whole assets, each request once, and every page costs what it returns', async () => {
    const pages: BackfillPlan[] = [];
    let after: number | undefined;
    do {
      const page: BackfillPlan = await plan({ after });
      pages.push(page);
      after = page.next;
    } while (after !== undefined);
    for (const [i, page] of pages.entries()) {
      const isLast = i === pages.length - 1;
      expect(page.more).toBe(!isLast);
      expect(page.requests.length).toBeLessThan(LIMIT + each);
      if (!isLast) expect(page.requests.length).toBeGreaterThanOrEqual(LIMIT);
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(64 * 1_024);
    }
    const all = pages.flatMap(barsOf);
    expect(all).toHaveLength(NEW_ASSETS * each);
    const windows = new Set(all.map(({ symbol, timeframe, window }) => `${symbol} ${timeframe} ${window.from}`));
    expect(windows.size).toBe(NEW_ASSETS * each);
    expect(pages[0]!.assets).toEqual({ planned: Math.ceil(LIMIT / each), total: NEW_ASSETS });
    expect(pages.at(-1)!.assets).toEqual({ planned: NEW_ASSETS, total: NEW_ASSETS });
  });

  it('lets other work of the process have its turn between two assets', async () => {
    let turns = 0;
    let isOver = false;
    const count = async () => {
      while (!isOver) {
        await setImmediate();
        turns++;
      }
    };
    const counting = count();
    const backfill = await resolve({});
    const { count: counted } = await countBackfill(pool, backfill, clocksNow(0), { ...ratesOf(readEnv({})), yahoo: 4 });
    isOver = true;
    await counting;
    expect(turns).toBeGreaterThanOrEqual(NEW_ASSETS);
    expect(counted).toMatchObject({
      ...{ requests: NEW_ASSETS * each, assets: NEW_ASSETS, waiting: 0 },
      // half of four requests a second
      estimatedSeconds: (NEW_ASSETS * each) / 2,
    });
  });

  it('is planned as if each asset were planned by itself', async () => {
    const [first, second] = await Promise.all([plan({ symbols: ['N1'] }), plan({ symbols: ['N777'] })]);
    const windowsOf = (page: BackfillPlan) => barsOf(page).map(({ timeframe, window }) => [timeframe, window.from]);
    expect(windowsOf(second)).toHaveLength(each);
    const both = await plan({ symbols: ['N1', 'N777'] });
    expect(windowsOf(both).sort()).toEqual([...windowsOf(first), ...windowsOf(second)].sort());
  });

  it('can be started: a search attribute has no room for all their names', async () => {
    const temporal = await createTestNamespace();
    const symbols = (await resolve({})).assets.map(({ symbol }) => `${symbol}.A-LONG-SUFFIX`);
    const handle = await temporal.client.workflow.start(
      WORKFLOWS.backfill,
      backfillStartOptions('backfill-many', {}, symbols),
    );
    await handle.terminate();
    await temporal.close();
  });
});

describe('the plan of a backfill', () => {
  /** Three final sessions of SPY: filled; some minutes left out and not due; never requested. */
  const sessions = calendarOf('XNYS')
    .sessionsBetween(Date.now() - 10 * DAY, Date.now() - DAY)
    .slice(-3)
    .map(({ date }) => date);
  const bits = (one: string, count: number) => `repeat('${one}', ${count})`;
  const SCOPE = { symbols: ['SPY'], timeframe: '1m' as const, from: sessions[0]! };

  beforeEach(async () => {
    await pool.query('truncate coverage, pipeline_runs, pipeline_run_steps, series cascade');
    for (const [i, session] of sessions.slice(0, 2).entries()) {
      const { open, close } = calendarOf('XNYS').sessionOn(session)!;
      const minutes = (close - open) / MINUTE; // fewer on a half day
      const missing = i === 0 ? 0 : 10;
      const filled = `${bits('1', minutes - missing)} || ${bits('0', missing)}`;
      await pool.query(
        `insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots,
          corrupt_slots, attempts, next_attempt_at, updated_at)
        select $1, '1m', $2, $3, (${filled})::varbit, n.ones, n.none, n.none, n.none, 1, now() + interval '1 hour', now()
        from (select repeat('0', $3)::varbit as none, repeat('1', $3)::varbit as ones) n`,
        [spy, session, minutes],
      );
    }
  });

  const sessionsOf = (page: BackfillPlan) =>
    sessions.filter((date) => {
      const { open, close } = calendarOf('XNYS').sessionOn(date)!;
      return barsOf(page).some(({ window }) => window.to > open && window.from < close - 11 * MINUTE);
    });

  it('of what is missing leaves alone what waits for its next attempt', async () => {
    const page = await plan(SCOPE);
    expect(page.waiting).toBe(10);
    expect(sessionsOf(page)).toEqual([sessions[2]]);
  });

  it('of what failed requests what was left out, at once, and nothing that was never requested', async () => {
    const page = await plan({ ...(SCOPE as object), reprocess: 'failed' });
    expect([page.waiting, sessionsOf(page)]).toEqual([0, [sessions[1]]]);
  });

  it('of what failed includes series of which a request of a backfill failed', async () => {
    await pool.query(
      `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at)
      values ('earlier', $1, 'backfill', 'manual', now(), 'partial', now())`,
      [RUN_ID],
    );
    await pool.query(
      `insert into pipeline_run_steps (workflow_id, run_id, activity_id, item, step, asset_id, timeframe, status, attempts,
        started_at, duration_ms) values ('earlier', $1, '1', 0, 'extract', $2, '1m', 'failed', 3, now(), 5)`,
      [RUN_ID, spy],
    );
    const page = await plan({ ...(SCOPE as object), reprocess: 'failed' });
    expect(sessionsOf(page)).toEqual(sessions.slice(1));
  });

  it('of all requests what is stored, too', async () => {
    expect(sessionsOf(await plan({ ...(SCOPE as object), reprocess: 'all' }))).toEqual(sessions);
    expect(sessionsOf(await plan({ ...(SCOPE as object), refetch: true } as object))).toEqual(sessions);
  });

  it('begins with the newest or with the oldest bars', async () => {
    const ends = barsOf(await plan({ symbols: ['NVDA', 'SPY'] })).map(({ window }) => window.to);
    expect(ends).toEqual([...ends].sort((a, b) => b - a));
    const starts = barsOf(await plan({ symbols: ['NVDA', 'SPY'], order: 'oldest' })).map(({ window }) => window.from);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
  });

  it('serves a workflow from before December 2026 by an offset, each request once', async () => {
    const whole = barsOf(await plan({ symbols: ['NVDA', 'SPY'], reprocess: 'all' }));
    const parts = await Promise.all(
      [0, 5, 10].map((offset) => plan({ symbols: ['NVDA', 'SPY'], reprocess: 'all', limit: 5, offset })),
    );
    const keys = (requests: BarsRequest[]) =>
      new Set(requests.map(({ symbol, timeframe, window }) => `${symbol} ${timeframe} ${window.to}`));
    expect(keys(parts.flatMap(barsOf))).toEqual(keys(whole));
    expect(parts.map(({ more }) => more)).toEqual([true, false, false]);
  });

  it('goes on without an asset that is no longer tracked', async () => {
    await pool.query(`update assets set active = false, inactive_because = 'a halt' where symbol = 'NVDA'`);
    const input = { symbols: ['NVDA', 'SPY'], timeframe: '1d' };
    // paused between the request and the start: it alone is left out, and named
    const first = await plan({ ...(input as object), asked: input });
    expect(barsOf(first).map(({ symbol }) => symbol)).toEqual(['SPY']);
    expect(first.problems).toMatchObject([{ symbol: 'NVDA', problem: 'NVDA is paused: a halt' }]);
    await expect(plan({ asked: { symbols: ['NVDA'] } })).rejects.toThrow('symbols: NVDA is paused: a halt');
    expect(barsOf(await plan({ ...(input as object), after: 0 })).map(({ symbol }) => symbol)).toEqual(['SPY']);
    await pool.query(`update assets set active = true, inactive_because = null where symbol = 'NVDA'`);
  });

  it('requests a renamed asset that is named by its former symbol', async () => {
    const { rows } = await pool.query<{ id: number }>(
      `update assets set symbol = 'NVDX', provider_symbol = 'NVDX' where symbol = 'NVDA' returning id`,
    );
    await pool.query(`insert into former_symbols (symbol, asset_id) values ('NVDA', $1)`, [rows[0]!.id]);
    const asked = { symbols: ['NVDA', 'SPY'], timeframe: '1d' };
    const symbols = async (input: Parameters<typeof plan>[0]) =>
      new Set(barsOf(await plan(input)).map(({ symbol }) => symbol));
    expect(await symbols({ asked })).toEqual(new Set(['NVDX', 'SPY']));
    expect(await symbols({ ...(asked as object), after: 0 })).toEqual(new Set(['NVDX', 'SPY']));
    await pool.query('delete from former_symbols');
    await pool.query(`update assets set symbol = 'NVDA', provider_symbol = 'NVDA' where symbol = 'NVDX'`);
  });
});

describe('the input of a backfill', () => {
  it.each([
    ['SPY', 'input: must be a JSON object; fields: symbols, timeframes'],
    [['SPY'], 'input: must be a JSON object'],
    [{ symbol: ['SPY'], limit: 5 }, 'symbol: unknown field; allowed: symbols, timeframes, timeframe, from'],
    [{ symbols: 'SPY' }, 'symbols: must be a list'],
    [{ timeframe: '7m' }, 'timeframe: must be one of 1m, 30m'],
    [{ from: '2026-02-30' }, 'from: must be an RFC 3339 time'],
    [{ concurrency: '8' }, 'concurrency: must be a whole number from 1 to 64'],
    [{ trigger: 'boredom' }, 'trigger: '],
  ])('%j is refused in words', async (input, words) => {
    await expect(plan({ asked: input })).rejects.toThrow(words);
  });

  it.each([
    [{ symbols: ['NOPE', 'SPY'] }, 'symbols: no asset NOPE'],
    [{ symbols: ['BTC'], timeframe: '1m' }, 'timeframes: not available for these assets: BTC (30m, 4h, 4d)'],
    [{ from: '2026-02-02', to: '2026-02-02' }, 'to: must be after from (2026-02-02)'],
    [{ from: '2100-01-01' }, 'from: 2100-01-01 is in the future'],
    [{ from: '2100-01-01', symbols: ['NOPE'] }, /^from: 2100-01-01 is in the future[^;]*; symbols: no asset NOPE/],
  ])('%j is refused in words', async (input, words) => {
    await expect(plan({ asked: input })).rejects.toThrow(words);
  });

  it('gives the next workflow id once a run has ended', async () => {
    const { input } = await resolve({ symbols: ['spy'], timeframe: '1d' });
    const id = await backfillWorkflowId(pool, input);
    expect(id).toMatch(/^backfill-[0-9a-f]{12}-1$/);
    expect(await backfillWorkflowId(pool, (await resolve({ timeframes: ['1d'], symbols: ['SPY'] })).input)).toBe(id);
    const record = (status: string) =>
      pool.query(
        `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at)
        values ($1, $2, 'backfill', 'manual', now(), $3, now())
        on conflict (workflow_id, run_id) do update set status = excluded.status`,
        [id, RUN_ID, status],
      );
    await record('running');
    expect(await backfillWorkflowId(pool, input)).toBe(id);
    await record('failed');
    expect(await backfillWorkflowId(pool, input)).toBe(id.replace(/-1$/, '-2'));
  });
});
