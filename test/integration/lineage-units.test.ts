import { afterAll, beforeAll, expect, it } from 'vitest';
import { LineageSchema } from '../../api/lineage/lineage.schema.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR } from '../../domain/timeframe.js';
import { around, ingestWirePayload, yahooBody } from '../wire-payloads.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const { open } = calendarOf('XLON').sessionOn('2026-11-23')!;
let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

it('the lineage of a bar says in which unit the provider sent its prices', async () => {
  const { rows } = await api.pool.query<{ id: number }>(
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, quoted_in)
      values ('VOD.L', 'Vodafone', 'equity', 'yahoo', 'VOD.L', 'XLON', 'GBP', 'GBp') returning id`,
  );
  await ingestWirePayload(api.pool, {
    assetId: rows[0]!.id,
    timeframe: '1m',
    window: { from: open, to: open + HOUR },
    fetchedAt: open + 2 * HOUR,
    body: yahooBody('VOD.L', [[open, around(72)]], {}, { currency: 'GBp', exchangeTimezoneName: 'Europe/London' }),
  });
  const { json } = await api.get(`/api/lineage/VOD.L/1m/${new Date(open).toISOString()}`);
  const { currency, bar, answer } = LineageSchema.parse(json);
  expect([bar!.close, currency]).toEqual([0.72, 'GBP']);
  expect([answer!.rows![0]!.asSent, answer!.quotedIn]).toMatchObject([{ close: 72 }, 'GBp']);
});
