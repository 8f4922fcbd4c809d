import { beforeEach, describe, expect, it } from 'vitest';
import pino from 'pino';
import { planActivities } from '../../activities/plan.js';
import type { Plan } from '../../contracts/activities.js';
import type { Trigger } from '../../domain/run.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { ratesOf } from '../../config/rates.js';
import { readEnv } from '../../config/env.js';

const store = useStore({ isEmptied: false });
const GRID = 20 * MINUTE;
/** Of a day in the past: every candle of it is missing. */
const MIDNIGHT = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR;

let logged: string[] = [];
const logger = pino({ level: 'warn' }, { write: (line: string) => logged.push(line) });
async function plan(nominalAt: number, trigger: Trigger = 'schedule', assetIds?: number[]): Promise<Plan> {
  const activities = planActivities({
    ...{ pool: store.pool, clockOffsetMs: 0, logger },
    rates: { ...ratesOf(readEnv({})), coingecko: 1 },
  });
  const input = { pipeline: 'crypto_20min' as const, trigger, nominalAt, asOf: nominalAt, assetIds };
  return activities.planLive(input);
}

const spend = () =>
  store.pool.query(
    `update provider_state set quota_month = date_trunc('month', now() at time zone 'utc'), quota_used = 10000 where provider = 'coingecko'`,
  );

beforeEach(async () => {
  logged = [];
  await store.pool.query(`update provider_state set quota_used = 0`);
});

describe('a scheduled run of a provider with a monthly quota', () => {
  const fires = [0, 1, 2, 3, 4, 5].map((i) => MIDNIGHT + i * GRID);

  it('takes place while the quota lasts', async () => {
    for (const fire of fires) expect((await plan(fire)).skipped).toBeNull();
    expect(logged).toEqual([]);
  });

  it('is left out when it does not, and says so', async () => {
    await spend();
    const skipped = '0 of the 10,000 calls of the month are left: no more scheduled runs this month';
    expect(await plan(fires[1]!)).toMatchObject({ requests: [], skipped, isSpaced: true });
    expect(logged).toEqual([expect.stringContaining(skipped)]);
  });

  it('is not held back if a person started it', async () => {
    await spend();
    for (const fire of fires) expect((await plan(fire, 'manual')).isSpaced).toBeUndefined();
  });

  it('is left out as a whole: none of its pages is', async () => {
    const { rows } = await store.pool.query<{ id: number }>(
      `select id from assets where provider = 'coingecko' limit 1`,
    );
    await spend();
    const page = await plan(fires[1]!, 'schedule', [rows[0]!.id]);
    expect(page.isSpaced).toBeUndefined();
    expect(page.requests.length).toBeGreaterThan(0);
  });
});
