import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Deps } from '../../activities/deps.js';
import { loadActivities } from '../../activities/load.js';
import { transformActivities } from '../../activities/transform.js';
import { insertPayload } from '../../db/repositories/load/payloads.js';
import type { ProviderId } from '../../config/catalog/providers.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { MINUTE, type StoredTimeframe } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { FAILURES } from '../../contracts/failures.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { casesOf } from '../long-tests.js';

const store = useStore({ isEmptied: false });

const session = calendarOf('XNYS').sessionOn('2026-11-18')!;
const providers = createProviders({});
const run = { workflowId: 'hostile', runId: RUN_ID };

let fetched = Date.parse('2026-11-20T00:00:00Z');

/** Everything that a provider never should send, and does. */
const hostile = fc.constantFrom<unknown>(
  null,
  0,
  -1,
  -0,
  1e308,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  '12.5',
  '',
  true,
  {},
  [],
  [[1]],
);
const mostly = (value: number) =>
  fc.oneof({ weight: 30, arbitrary: fc.constant<unknown>(value) }, { weight: 1, arbitrary: hostile });
/** A right bar, of which now and then a cell is not. */
const ohlcv = fc
  .integer({ min: 9_000, max: 11_000 })
  .chain((cents) => fc.tuple(...[0, 1, -1, 0.5, 10_000].map((step) => mostly(cents / 100 + step))));
const stamp = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: -5, max: 389 }).map((i): unknown => (session.open + i * MINUTE) / 1000) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(0, -1, 1e15, 1.5, null, '2026') },
);
const rows = fc.array(fc.tuple(stamp, ohlcv), { maxLength: 12 });
const columns = fc.tuple(rows, fc.integer({ min: 0, max: 60 })).map(([taken, cut]) => {
  const column = (i: number) => taken.map(([, cells]) => cells[i]).slice(0, cut === i ? 3 : undefined); // now and then too short
  return {
    timestamp: taken.map(([time]) => time),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
  };
});
const yahoo = columns.map(({ timestamp, ...quote }) => ({
  chart: {
    result: [
      {
        meta: {
          currency: 'USD',
          symbol: 'SPY',
          exchangeTimezoneName: 'America/New_York',
          regularMarketTime: session.close / 1000,
          regularMarketPrice: 100,
          dataGranularity: '1m',
          priceHint: 2,
        },
        timestamp,
        indicators: { quote: [quote] },
      },
    ],
    error: null,
  },
}));
const coingecko = rows.map((taken) =>
  taken.map(([time, cells]) => [
    typeof time === 'number' ? Math.round(time / 1800) * 1800_000 : time,
    ...cells.slice(0, 4),
  ]),
);
/** Whole JSON values of any shape, and valid answers with one part replaced. */
const damaged = (valid: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 8, arbitrary: valid.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.tuple(valid, fc.nat()).map(([value, at]) => JSON.stringify(value).slice(0, at % 400)) },
    { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string() },
    {
      weight: 1,
      arbitrary: fc
        .tuple(valid, fc.constantFrom('result', 'meta', 'quote', 'timestamp', 'USD', 'null', '[', '1'))
        .map(([value, part]) => JSON.stringify(value).replace(part, '0')),
    },
  );

async function ingest(provider: ProviderId, symbol: string, timeframe: StoredTimeframe, body: string) {
  // no workflow is there to adjust what is held back
  const client = { workflow: { start: () => Promise.resolve() } } as unknown as Deps['client'];
  const deps = { pool: store.pool, providers, client, clockOffsetMs: 0 };
  fetched += 1000;
  const payloadId = await insertPayload(store.pool, {
    provider,
    kind: 'bars',
    assetId: store.assetId(symbol),
    timeframe,
    providerSymbol: provider === 'yahoo' ? symbol : 'bitcoin',
    windowFrom: session.open - 60 * MINUTE,
    windowTo: session.close,
    url: 'http://provider.test/',
    status: 200,
    contentType: null,
    body: Buffer.from(body),
    rows: 0,
    fetchedAt: new Date(fetched).toISOString(),
    durationMs: 1,
    ...run,
  });
  const [transformed] = await transformActivities(deps).transform({ run, payloadIds: [payloadId] });
  if (!transformed || 'error' in transformed) return transformed?.error.type;
  await loadActivities(deps).load({ run, batchIds: [transformed.batchId!] });
  return 'loaded';
}

const SETTINGS = { numRuns: casesOf(1_000, 200), seed: 20261118 };

describe(`no answer, however malformed (fast-check, ${SETTINGS.numRuns} cases each, seed ${SETTINGS.seed})`, () => {
  it.each([
    ['Yahoo minutes', 'yahoo', 'SPY', '1m', yahoo],
    ['CoinGecko candles', 'coingecko', 'BTC', '30m', coingecko],
  ] as const)('of %s does anything but load, or fail with a type', async (_, provider, symbol, timeframe, valid) => {
    const outcomes = new Map<string | undefined, number>();
    await fc.assert(
      fc.asyncProperty(damaged(valid), async (body) => {
        const outcome = await ingest(provider, symbol, timeframe, body);
        expect([...Object.keys(FAILURES), 'loaded']).toContain(outcome);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
      SETTINGS,
    );
    expect(outcomes.get('loaded')).toBeGreaterThan(SETTINGS.numRuns / 20);
    expect(outcomes.size).toBeGreaterThan(1);
  });

  it('leaves a bar that breaks a rule, or a rejected row without its reason', async () => {
    const bad = await store.pool.query(
      `select 1 from bars where not (low > 0 and high >= greatest(open, close, low) and low <= least(open, close) and (volume is null or volume >= 0))`,
    );
    expect(bad.rowCount).toBe(0);
    expect((await store.pool.query('select 1 from bars')).rowCount).toBeGreaterThan(SETTINGS.numRuns / 20);
    expect(
      (await store.pool.query(`select rule, count(*)::int from rejected_bars group by 1`)).rowCount,
    ).toBeGreaterThan(2);
  });
});
