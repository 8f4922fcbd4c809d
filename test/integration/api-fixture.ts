import { expect } from 'vitest';
import { Client } from '@temporalio/client';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type pg from 'pg';
import { pino } from 'pino';
import { allowedHosts } from '../../config/allowed-hosts.js';
import { createApp } from '../../api/app.js';
import type { ApiDeps, Timing } from '../../api/deps.js';
import { temporalConnection } from '../../contracts/temporal-connection.js';
import { plainTemporal } from '../../contracts/temporal-config.js';
import { HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { mismatchOf } from '../openapi-document.js';
import { asRole, connectPatiently, createTestDatabase } from '../environment/database.js';
import { RUN_ID, seed } from '../factories.js';
import { ratesOf } from '../../config/rates.js';
import { tokensOf } from '../../config/tokens.js';
import { readEnv } from '../../config/env.js';

/** A Tuesday, an hour into the session of New York. */
export const NOW = Date.parse('2026-11-24T15:30:20Z');

export interface ApiResponse {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  /** The body, where it is JSON. */
  json: Record<string, unknown> & {
    bars: Record<string, unknown>[];
    meta: Record<string, unknown>;
    nextCursor: string | null;
  };
}

export interface ApiUnderTest {
  app: NestFastifyApplication;
  /** Of the owner, who may do everything. */
  pool: pg.Pool;
  /** Of the API itself. */
  apiPool: pg.Pool;
  assets: Map<string, number>;
  /** The wall clock that the API reads, epoch ms. */
  clock: { now: number };
  get(url: string, headers?: Record<string, string>): Promise<ApiResponse>;
  close(): Promise<void>;
}

/** However busy the machine is, nothing is late, and no poll comes to the aid of a notification. */
export const PATIENT: Timing = {
  temporalMs: 5 * MINUTE,
  lookUpMs: 5 * MINUTE,
  checkMs: 5 * MINUTE,
  streamPollMs: HOUR,
};

/** The API over a database of its own, with the rights of its role there; Temporal is away unless a client is given. */
export async function startApi({
  timing,
  adminToken,
  readToken,
  ...options
}: Partial<
  Pick<ApiDeps, 'temporal' | 'mode' | 'clockOffsetMs' | 'wallNow' | 'closures' | 'timing' | 'tracing' | 'log'>
> & {
  adminToken?: string;
  readToken?: string;
} = {}): Promise<ApiUnderTest> {
  const test = await createTestDatabase();
  const owner = connectPatiently(test.url);
  const database = connectPatiently(asRole(test.url, 'api'));
  const assets = await seed(owner.pool);
  const away = temporalConnection(plainTemporal('127.0.0.1:1', 'default'));
  const clock = { now: NOW };
  const app = await createApp({
    database,
    temporal: new Client({ connection: away }),
    mode: 'live',
    clockOffsetMs: 0,
    temporalUiUrl: 'http://127.0.0.1:8233',
    rates: ratesOf(readEnv({})),
    closures: { closures: [], problems: [] },
    version: '1.2.3',
    allowsHost: allowedHosts('127.0.0.1', ['bars.example.com']),
    corsOrigins: ['https://dashboard.example.com'],
    tokens: tokensOf(readEnv({ ADMIN_TOKEN: adminToken, READ_TOKEN: readToken })),
    dashboard: null,
    timing: timing ?? (options.temporal ? PATIENT : { ...PATIENT, temporalMs: SECOND }),
    log: pino({ level: 'silent' }),
    unhandledRejections: () => 0,
    wallNow: () => clock.now,
    ...options,
  });
  answerAsDocumented(app);
  return {
    app,
    pool: owner.pool,
    apiPool: database.pool,
    assets,
    clock,
    get: (url, headers = {}) => ask(app, url, headers),
    close: async () => {
      await app.close();
      await Promise.all([database.close(), owner.close(), away.close()]);
      await test.drop();
    },
  };
}

/** Any answer that is not as api/openapi.json says fails the test that asked. */
function answerAsDocumented(app: NestFastifyApplication): void {
  // the application itself is a proxy that takes no other method
  const adapter = app.getHttpAdapter() as unknown as { inject(request: Asked): Promise<LightMyRequestResponse> };
  const inject = adapter.inject.bind(adapter);
  adapter.inject = async (request) => {
    const answer = await inject(request);
    expect(mismatchOf(request.method ?? 'GET', request.url, answer)).toBeNull();
    return answer;
  };
}
type Asked = InjectOptions & { url: string };

async function ask(app: NestFastifyApplication, url: string, headers: Record<string, string>): Promise<ApiResponse> {
  const { statusCode, headers: given, body } = await app.inject({ url, headers });
  const isJson = /^application\/(problem\+)?json/.test(String(given['content-type'])) && !given['content-encoding'];
  return {
    status: statusCode,
    headers: given as ApiResponse['headers'],
    text: body,
    json: (isJson && body ? JSON.parse(body) : {}) as ApiResponse['json'],
  };
}

export interface Series {
  asset: number;
  timeframe: string;
  /** First and last bar open. */
  from: string;
  to: string;
  /** Between two bars, as PostgreSQL words it. */
  step: string;
}

/** Stores bars whose close counts up from 100.25; volume 1000, or none for coins. */
export async function storeBars(pool: pg.Pool, { asset, timeframe, from, to, step }: Series): Promise<void> {
  await pool.query(
    `insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, bar_return, payload_id, run_id, fetched_at, recorded_at)
     select $1, $2::timeframe, t, (t at time zone 'UTC')::date, 100 + n, 101 + n, 99 + n, 100 + n + 0.25,
       case when $2 in ('1m', '1d') then 1000 end, case when n >= 19 then 100 end, 0.01, 1, $6, now(), now()
     from (select t, row_number() over (order by t) - 1 as n from generate_series($3::timestamptz, $4::timestamptz, $5::interval) t) x`,
    [asset, timeframe, from, to, step, RUN_ID],
  );
}

/** Says of a session of minutes that each bar is answered for, and stored or not. */
export async function storeCoverage(pool: pg.Pool, asset: number, session: string, filled: boolean): Promise<void> {
  await pool.query(
    `insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
       updated_at)
     values ($1, '1m', $2, 390, repeat($3, 390)::varbit, repeat('1', 390)::varbit, repeat('0', 390)::varbit, repeat('0', 390)::varbit,
       repeat('0', 390)::varbit, now())
     on conflict (asset_id, timeframe, session) do update set expected = excluded.expected, filled_slots = excluded.filled_slots,
       answered_slots = excluded.answered_slots, empty_slots = excluded.empty_slots, lost_slots = excluded.lost_slots,
       corrupt_slots = excluded.corrupt_slots, dirty = false`,
    [asset, session, filled ? '1' : '0'],
  );
}
