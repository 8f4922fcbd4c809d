import type pg from 'pg';
import { PROVIDERS, seriesLimits } from '../config/catalog/providers.js';
import { PIPELINES } from '../config/catalog/schedules.js';
import type { LivePlanInput, Plan, PlannedRequest } from '../contracts/activities.js';
import { recountDirty } from '../db/repositories/coverage/recount.js';
import { claimSession, readCoverage } from '../db/repositories/coverage/session-coverage.js';
import { type Asset, assetProblems } from '../db/repositories/read/active-assets.js';
import { utcDate } from '../domain/calendars/dates.js';
import { calendarOf } from '../domain/calendars/index.js';
import { slotsOf } from '../domain/calendars/slots.js';
import { planLiveWindow } from '../domain/planning/live-window.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { DAY, type StoredTimeframe, TIMEFRAME_MS } from '../domain/timeframe.js';
import { planProbes } from './outages.js';
import { clocksNow, findAssets, idsOf, requestFor, seriesPlanInput } from './series-input.js';

/** How far back a live run looks for missing bars if one request of the provider has no narrower limit. */
const LIVE_LOOKBACK_MS = 45 * DAY;

/**
 * The requests of a live run: at most one per asset and timeframe, and one for live prices if the provider has separate
 * quotes.
 * @throws BadInputError on an unknown symbol
 */
export async function planLive(pool: pg.Pool, clockOffsetMs: number, input: LivePlanInput): Promise<Plan> {
  const { provider, timeframes } = PIPELINES[input.pipeline];
  const assets = await findAssets(pool, { provider, symbols: input.symbols });
  const problems = await assetProblems(pool, { provider, symbols: input.symbols });
  const because = (reason: string) => nothingToDo([reason, ...problems.map(({ problem }) => problem)].join('; '));
  if (assets.length === 0) return because('no active assets');
  // a scheduled run leaves bars that were deleted by SQL to heal, which tries stored payloads first
  if (input.trigger !== 'schedule') await recountDirty(pool);
  const plan = input.trigger === 'backfill' ? planHistorical : planNewest;
  const perTimeframe = await Promise.all(
    timeframes.map((timeframe) => plan(pool, clockOffsetMs, assets, timeframe, input)),
  );
  const requests = perTimeframe.flat();
  if (PROVIDERS[provider].separateQuotes && input.trigger !== 'backfill') {
    requests.unshift({ kind: 'quotes', provider, providerSymbols: assets.map((asset) => asset.providerSymbol) });
  }
  if (requests.length > 0)
    return {
      ...{ requests, skipped: null, more: false, waiting: 0, problems },
      ...(await planProbes(pool, clocksNow(clockOffsetMs).now)),
    };
  return because(
    input.trigger === 'backfill' ? 'already covered, or no session at that time' : 'markets closed, nothing missing',
  );
}

const nothingToDo = (skipped: string): Plan => ({ requests: [], skipped, more: false, waiting: 0 });

/** What has closed since the watermark. */
async function planNewest(
  pool: pg.Pool,
  clockOffsetMs: number,
  assets: Asset[],
  timeframe: StoredTimeframe,
  { asOf, trigger }: LivePlanInput,
): Promise<PlannedRequest[]> {
  const limits = seriesLimits(assets[0]!.provider, timeframe);
  // with its overlap, no wider than one request
  const overlapMs = limits.overlapBars * TIMEFRAME_MS[timeframe];
  const from =
    asOf - (limits.maxWindowMs === null ? (limits.reachMs ?? LIVE_LOOKBACK_MS) : limits.maxWindowMs - overlapMs);
  const coverage = await readCoverage(pool, idsOf(assets), timeframe, utcDate(from - DAY));
  const clocks = clocksNow(clockOffsetMs);
  return assets.flatMap((asset) => {
    const known = coverage.get(asset.id)!;
    const series = seriesPlanInput(asset, timeframe, known, { range: { from, to: asOf }, asOf }, clocks);
    const window = planLiveWindow({ ...series, leaveLost: trigger === 'schedule' }, trigger === 'manual');
    return window ? [requestFor(asset, timeframe, window)] : [];
  });
}

/**
 * The whole session at a historical time, once: the first run claims it, and the runs of its other slots find it claimed
 * or covered.
 */
async function planHistorical(
  pool: pg.Pool,
  clockOffsetMs: number,
  assets: Asset[],
  timeframe: StoredTimeframe,
  { nominalAt }: LivePlanInput,
): Promise<PlannedRequest[]> {
  const clocks = clocksNow(clockOffsetMs);
  const coverage = await readCoverage(pool, idsOf(assets), timeframe, utcDate(nominalAt - 2 * DAY));
  const planned = assets.flatMap((asset) => {
    const session = calendarOf(asset.exchange).sessionAt(nominalAt - 1);
    if (!session) return [];
    const range = { from: session.open, to: session.close };
    const known = coverage.get(asset.id)!;
    const window = planWindows(seriesPlanInput(asset, timeframe, known, { range, asOf: clocks.now }, clocks))[0];
    return window ? [{ asset, session, window }] : [];
  });
  const requests: PlannedRequest[] = [];
  for (const [date, ofDate] of Map.groupBy(planned, ({ session }) => session.date)) {
    const wanted = ofDate.map(({ asset, session }) => ({
      assetId: asset.id,
      expected: slotsOf(asset.exchange, timeframe, session).length,
    }));
    const claimed = new Set(await claimSession(pool, timeframe, date, wanted));
    for (const { asset, window } of ofDate)
      if (claimed.has(asset.id)) requests.push(requestFor(asset, timeframe, window));
  }
  return requests;
}
