import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import type { RunResult } from '../../workflows/run.js';
import { eventually } from '../environment/eventually.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';

const SYMBOLS = ['SPY', 'NVDA', 'MSFT', 'GOOGL'];
const today = SESSION;
const START = today.open + HOUR;

let market: Market;
beforeAll(async () => {
  market = await startMarket(START, SYMBOLS);
  await market.live();
  await market.backfill({ timeframes: ['1d'], from: calendarOf('XNYS').previousSession(today.date)!.date });
});
afterEach(() => market?.settle());
afterAll(() => market?.close());

/** The result of a live run after some time, and how many requests it sends. */
async function liveAfter(ms: number): Promise<RunResult & { requests: number }> {
  await market.advance(ms);
  let result: RunResult | undefined;
  const requests = await market.requestsDuring(async () => {
    result = await market.live();
  });
  return { ...result!, requests: Object.values(requests).reduce((sum, count) => sum + count, 0) };
}

const verdicts = ({ reason }: RunResult) => reason?.match(/provider outage/g)?.length ?? 0;
const symptom = async () =>
  (
    await market.rows<{ symptom: string | null }>(
      `select outage_symptom as symptom from provider_state where provider = 'yahoo'`,
    )
  )[0]!.symptom;

/** The provider has recovered: the other requests follow a successful probe, and the outage's gaps are healed at once. */
async function expectRecovery(): Promise<void> {
  const heals = () =>
    market.rows(
      `select 1 from pipeline_runs where workflow_id = 'heal_gaps-after-outage-yahoo' and status <> 'running'`,
    );
  const before = (await heals()).length;
  // the provider corrects what is younger than three minutes when the live run asks for it
  const until = market.now + 2 * MINUTE;
  expect(await liveAfter(6 * MINUTE)).toMatchObject({ status: 'succeeded', assetsOk: SYMBOLS.length });
  expect(await symptom()).toBeNull();
  await eventually(async () => expect(await heals()).toHaveLength(before + 1));
  // its row is closed before it has ended: until then, the next outage would start no other
  const heal = market.temporal.client.workflow.getHandle('heal_gaps-after-outage-yahoo');
  await eventually(async () => expect((await heal.describe()).status.name).toBe('COMPLETED'));
  for (const symbol of SYMBOLS) {
    const { wrong, right } = await market.compare(symbol, '1m', today.open, until);
    expect([wrong, right > 50]).toEqual([[], true]);
  }
}

describe('an outage of the provider', () => {
  it('is reported once if most assets come without values, then probed, and healed', async () => {
    const rows = { from: new Date(market.now).toISOString(), to: new Date(today.close).toISOString() };
    for (const symbol of SYMBOLS) await market.page('/__outage', { symbol, ...rows });
    const first = await liveAfter(20 * MINUTE);
    expect(first).toMatchObject({ status: 'failed', requests: SYMBOLS.length });
    expect(first.reason).toBe(
      'BadContent: provider outage: Yahoo Finance, 4 of 4 assets: payloads that are mostly empty; SPY, NVDA, MSFT, GOOGL have no other source',
    );
    expect(await symptom()).toBe('null_session');
    const probe = await liveAfter(2 * MINUTE);
    expect(probe).toMatchObject({
      status: 'failed',
      requests: 1,
      reason: expect.stringContaining('probed with one request'),
    });
    await market.page('/__outage', { clear: 1 });
    await expectRecovery();
  });

  it('is reported once if the provider blocks every request, and probed with one request after each block', async () => {
    await market.page('/__faults', { mode: 'limited' });
    const first = await liveAfter(5 * MINUTE);
    expect(first).toMatchObject({ status: 'failed', reason: expect.stringMatching(/^RateLimited: provider outage/) });
    expect([verdicts(first), await symptom()]).toEqual([1, 'RateLimited']);
    const { status, requests } = await liveAfter(5 * MINUTE);
    expect(status).toBe('failed');
    // a live run lasts 45 s, and each block 10 s or longer
    expect(requests).toBeGreaterThanOrEqual(1);
    expect(requests).toBeLessThanOrEqual(5);
    await market.page('/__faults', { mode: 'none' });
    await expectRecovery();
  });

  it('is reported once if the format has changed, and bulk work probes too', async () => {
    await market.page('/__faults', { mode: 'drift' });
    const first = await liveAfter(5 * MINUTE);
    expect(first).toMatchObject({ status: 'failed', reason: expect.stringMatching(/^SchemaDrift: provider outage/) });
    expect([verdicts(first), await symptom()]).toEqual([1, 'SchemaDrift']);
    const requests = await market.requestsDuring(() => market.verify());
    expect(Object.values(requests)).toEqual([1]);
    await market.page('/__faults', { mode: 'none' });
    await expectRecovery();
  });
});
