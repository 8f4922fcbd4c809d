import type pg from 'pg';
import { transformActivities } from '../../activities/transform.js';
import { classifyCorrupt } from '../../db/repositories/coverage/classify-gaps.js';
import { recountDirty } from '../../db/repositories/coverage/recount.js';
import { insertPayload } from '../../db/repositories/load/payloads.js';
import { recordSteps } from '../../db/repositories/runs/runs.js';
import { compareDays } from '../../db/repositories/upkeep/daily-differences.js';
import { inTransaction } from '../../db/transaction.js';
import { calendarOf, type Session } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import type { TestStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { around, type Cells, ingestWirePayload, openTestRun, yahooBody } from '../wire-payloads.js';

/** A sound store with something of everything that doctor proves, and a way back to it. */

const at = Date.parse;
const calendar = calendarOf('XNYS');
const sessions = calendar.sessionsBetween(at('2026-09-14T00:00Z'), at('2026-11-20T00:00Z'));
export const [tuesday, wednesday, thursday] = sessions.slice(-3) as [Session, Session, Session];
/** Long after Thursday's close: the market clock of every examination. */
export const NOW = thursday.close + 8 * HOUR;
export const minute = ({ open }: Session, i: number): Date => new Date(open + i * MINUTE);

/** Nothing at the seventh minute; high below low at the twentieth; a wrong volume at the thirtieth; no open at the fortieth. */
function cellsAt(i: number, close: number): Cells {
  if (i === 7) return [null, null, null, null, null];
  if (i === 20) return [close, close - 2, close, close, 100];
  if (i === 40) return [0, close + 1, close - 0.5, close, 100 + i];
  return around(close, i === 30 ? -5 : 100 + i);
}
const minutesOf = ({ open }: Session, count = 390, change: Record<number, number> = {}): [number, Cells][] =>
  Array.from({ length: count }, (_, i) => [open + i * MINUTE, cellsAt(i, change[i] ?? 100 + ((i * 7) % 13) / 8)]);

/** A price from two minutes after the first rows of a payload. */
const live = (session: Session, price: number) => ({
  regularMarketPrice: price,
  regularMarketTime: session.close / SECOND - 1,
});

async function loadStocks(pool: pg.Pool, assetId: number): Promise<void> {
  const minutes = (session: Session, fetchedAt: number, rows: [number, Cells][], meta: object = {}) =>
    ingestWirePayload(pool, {
      assetId,
      timeframe: '1m',
      window: { from: session.open, to: session.close },
      fetchedAt,
      body: yahooBody('SPY', rows, {}, meta),
    });
  await minutes(tuesday, tuesday.close + HOUR, minutesOf(tuesday), live(tuesday, 101));
  await minutes(tuesday, tuesday.close + 8 * HOUR, minutesOf(tuesday, 390, { 50: 111, 51: 112 }));
  await minutes(wednesday, wednesday.close + HOUR, minutesOf(wednesday), live(wednesday, 102));
  await minutes(thursday, thursday.open + 200 * MINUTE, minutesOf(thursday, 190));
  await minutes(thursday, thursday.close + HOUR, minutesOf(thursday), live(thursday, 103));
  const days = sessions.map(({ open }, i): [number, Cells] => [open, around(100 + ((i * 7) % 13) / 8, 40_000 + i)]);
  const dateOf = (i: number) => ({ date: sessions[i]!.open / SECOND });
  const events = {
    dividends: {
      a: { ...dateOf(4), amount: 0.31 },
      b: { ...dateOf(30), amount: 0.29 },
      c: { ...dateOf(38), amount: 0.2, currency: 'EUR' },
    },
    splits: { a: { ...dateOf(12), numerator: 3, denominator: 1 } },
  };
  const daily = (fetchedAt: number, rows: [number, Cells][], from: number) =>
    ingestWirePayload(pool, {
      assetId,
      timeframe: '1d',
      window: { from, to: thursday.close },
      fetchedAt,
      body: yahooBody('SPY', rows, events),
    });
  await daily(thursday.close + HOUR, days, sessions[0]!.open - 20 * DAY); // reaches back beyond the first bar: the series begins there
  await daily(thursday.close + 2 * HOUR, days.slice(-20), sessions.at(-20)!.open);
}

async function loadCoins(pool: pg.Pool, assetId: number): Promise<void> {
  const end = at('2026-11-20T00:00Z');
  const candles = Array.from({ length: 48 }, (_, i) => [
    end - (47 - i) * 30 * MINUTE,
    100,
    101 + (i % 5) / 4,
    99,
    100.5,
  ]);
  await ingestWirePayload(pool, {
    provider: 'coingecko',
    assetId,
    timeframe: '30m',
    window: { from: end - DAY, to: end },
    fetchedAt: end + HOUR,
    body: Buffer.from(JSON.stringify(candles)),
  });
  for (const [hours, price] of [
    [1, 9_100.5],
    [2, 9_200.25],
  ] as const)
    await loadQuotes(pool, end + hours * HOUR, price);
}

async function loadQuotes(pool: pg.Pool, fetchedAt: number, price: number): Promise<void> {
  const coin = {
    id: 'bitcoin',
    current_price: price,
    last_updated: new Date(fetchedAt - 20_000).toISOString(),
    total_volume: 5e9,
  };
  const run = { workflowId: 'stocks_1min-2026-11-24T15:00:10Z', runId: RUN_ID };
  const payloadId = await insertPayload(pool, {
    ...{
      provider: 'coingecko',
      kind: 'quotes',
      assetId: null,
      timeframe: null,
      providerSymbol: null,
      windowFrom: null,
      windowTo: null,
    },
    ...{
      url: 'http://provider.test/coins/markets?ids=bitcoin',
      status: 200,
      contentType: 'application/json',
      rows: 1,
      durationMs: 1,
    },
    body: Buffer.from(JSON.stringify([coin])),
    fetchedAt: new Date(fetchedAt).toISOString(),
    ...run,
  });
  await transformActivities({ pool, providers: createProviders({}), clockOffsetMs: 0 }).transform({
    run,
    payloadIds: [payloadId],
  });
}

/** Loads everything, as runs do, and what runs record about themselves. Other assets are removed, because they only take time. */
export async function buildStore(store: TestStore): Promise<void> {
  const { pool } = store;
  await pool.query(`delete from assets where symbol not in ('SPY', 'BTC', 'NVDA')`);
  await openTestRun(pool);
  await loadStocks(pool, store.assetId('SPY'));
  await loadCoins(pool, store.assetId('BTC'));
  await classifyCorrupt(pool, 0);
  await compareDays(pool, { since: tuesday.date });
  await pool.query(
    `insert into provider_calls (provider, started_at, duration_ms, status, url, bytes, payload_id, run_id)
    select provider, fetched_at, duration_ms, status, url, body_bytes, id, run_id from raw_payloads`,
  );
  const step = {
    activityId: '1',
    item: 0,
    assetId: store.assetId('SPY'),
    timeframe: '1m' as const,
    status: 'ok' as const,
  };
  await recordSteps(pool, [
    {
      ...{ workflowId: 'stocks_1min-2026-11-24T15:00:10Z', runId: RUN_ID, ...step, step: 'load', attempts: 1 },
      ...{ startedAt: thursday.close, durationMs: 1, rows: 390, errorType: null, errorMessage: null },
    },
  ]);
  await pool.query(`delete from bars where timeframe = '1m' and time = $1`, [minute(wednesday, 100)]);
  await recountDirty(pool);
}

/** Changes the store as code of a load would: nothing notices. */
export const plant = (pool: pg.Pool, statement: string, values: unknown[] = []): Promise<number> =>
  inTransaction(pool, async (tx) => {
    await tx.query(`set local barkeep.load = 'on'`);
    return (await tx.query(statement, values)).rowCount ?? 0;
  });

/** A copy of all tables, to which the store returns after each change. */
export class SavedStore {
  readonly #columns = new Map<string, string>();

  constructor(private readonly pool: pg.Pool) {}

  async save(): Promise<void> {
    const { rows } = await this.pool.query<{ name: string; columns: string }>(
      `select table_name as name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER' group by table_name`,
    );
    await this.pool.query('create schema saved');
    for (const { name, columns } of rows) {
      this.#columns.set(name, columns);
      await this.pool.query(`create table saved.${name} as select ${columns} from ${name}`);
    }
  }

  async restore(): Promise<void> {
    await inTransaction(this.pool, async (tx) => {
      await tx.query(`set local session_replication_role = 'replica'`); // no triggers
      await tx.query(`truncate ${[...this.#columns.keys()].join(', ')}`);
      for (const [name, columns] of this.#columns)
        await tx.query(`insert into ${name} (${columns}) overriding system value select ${columns} from saved.${name}`);
    });
  }
}
