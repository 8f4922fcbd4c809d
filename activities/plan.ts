import { PIPELINES } from '../config/catalog/schedules.js';
import { PROVIDERS, seriesLimits } from '../config/catalog/providers.js';
import type { Asset } from '../db/repositories/read/assets.js';
import { claimSession, readCoverage, recountDirty } from '../db/repositories/coverage/coverage.js';
import { planMissing } from '../planning/missing-windows.js';
import { providersInOutage } from '../db/repositories/provider/outages.js';
import { calendarOf } from '../domain/calendars/index.js';
import { slotsOf } from '../domain/calendars/slots.js';
import { planLiveWindow } from '../domain/planning/live-window.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { DAY, type StoredTimeframe, TIMEFRAME_MS } from '../domain/timeframe.js';
import type { Deps } from './deps.js';
import {
  BEGINNING,
  clocks,
  findAssets,
  idsOf,
  invalid,
  isoDate,
  request,
  seriesInput,
} from '../planning/series-input.js';
import type { BackfillPlanInput, LivePlanInput, Plan, PlannedRequest } from '../contracts/activities.js';

/** How far a live run looks back for what is missing, where one request of the provider has no narrower bound. */
const LIVE_LOOKBACK_MS = 45 * DAY;

const none = (skipped: string): Plan => ({ requests: [], skipped, more: false, waiting: 0 });

export const planActivities = ({ pool, clockOffsetMs }: Pick<Deps, 'pool' | 'clockOffsetMs'>) => {
  /** The requests of a live run: at most one an asset and timeframe, and one for live prices where the provider has that. */
  async function planLive(input: LivePlanInput): Promise<Plan> {
    const { provider, timeframes } = PIPELINES[input.pipeline];
    const assets = await findAssets(pool, { provider, symbols: input.symbols });
    if (assets.length === 0) return none('no active assets');
    // what is gone from the store by other means than a load is heal's business: it asks stored payloads first
    if (input.trigger !== 'schedule') await recountDirty(pool);
    const perTimeframe = await Promise.all(
      timeframes.map((timeframe) =>
        input.trigger === 'backfill' ? planHistorical(assets, timeframe, input) : planNewest(assets, timeframe, input),
      ),
    );
    const requests = perTimeframe.flat();
    if (PROVIDERS[provider].quotesApart && input.trigger !== 'backfill') {
      requests.unshift({ kind: 'quotes', provider, providerSymbols: assets.map((asset) => asset.providerSymbol) });
    }
    if (requests.length > 0)
      return { requests, skipped: null, more: false, waiting: 0, outages: await providersInOutage(pool) };
    return none(
      input.trigger === 'backfill' ? 'already covered, or no session at that time' : 'markets closed, nothing missing',
    );
  }

  async function planNewest(
    assets: Asset[],
    timeframe: StoredTimeframe,
    { asOf, trigger }: LivePlanInput,
  ): Promise<PlannedRequest[]> {
    const limits = seriesLimits(assets[0]!.provider, timeframe);
    // with its overlap, no wider than one request
    const overlapMs = limits.overlapBars * TIMEFRAME_MS[timeframe];
    const from =
      asOf - (limits.maxWindowMs === null ? (limits.reachMs ?? LIVE_LOOKBACK_MS) : limits.maxWindowMs - overlapMs);
    const coverage = await readCoverage(pool, idsOf(assets), timeframe, isoDate(from - DAY));
    return assets.flatMap((asset) => {
      const window = planLiveWindow(
        {
          ...seriesInput(clockOffsetMs, asset, timeframe, coverage.get(asset.id)!, { from, to: asOf }, asOf),
          leaveLost: trigger === 'schedule',
        },
        trigger === 'manual',
      );
      return window ? [request(asset, timeframe, window)] : [];
    });
  }

  /** The whole session of a historical time, once: the first run to come claims it, the others find it claimed or covered. */
  async function planHistorical(
    assets: Asset[],
    timeframe: StoredTimeframe,
    { nominalAt }: LivePlanInput,
  ): Promise<PlannedRequest[]> {
    const asOf = Date.now() + clockOffsetMs;
    const coverage = await readCoverage(pool, idsOf(assets), timeframe, isoDate(nominalAt - 2 * DAY));
    const planned = assets.flatMap((asset) => {
      const session = calendarOf(asset.exchange).sessionAt(nominalAt - 1);
      if (!session) return [];
      const range = { from: session.open, to: session.close };
      const window = planWindows(seriesInput(clockOffsetMs, asset, timeframe, coverage.get(asset.id)!, range, asOf))[0];
      return window ? [{ asset, session, window }] : [];
    });
    const requests: PlannedRequest[] = [];
    for (const date of new Set(planned.map(({ session }) => session.date))) {
      const ofDate = planned.filter(({ session }) => session.date === date);
      const wanted = ofDate.map(({ asset, session }) => ({
        assetId: asset.id,
        expected: slotsOf(asset.exchange, timeframe, session).length,
      }));
      const claimed = new Set(await claimSession(pool, timeframe, date, wanted));
      for (const { asset, window } of ofDate)
        if (claimed.has(asset.id)) requests.push(request(asset, timeframe, window));
    }
    return requests;
  }

  /** The requests that fill what is missing of a range, newest first. */
  async function planBackfill(input: BackfillPlanInput): Promise<Plan> {
    const assets = await findAssets(pool, { symbols: input.symbols });
    const now = clocks(clockOffsetMs);
    const range = { from: parseInstant(input.from, 'from') ?? BEGINNING, to: parseInstant(input.to, 'to') ?? now.now };
    if (range.from >= range.to) throw invalid('from must be before to');
    const { timeframes, refetch } = input;
    const { windows, waiting } = await planMissing(pool, { assets, timeframes, range, refetch }, now);
    const requests = windows.map(({ asset, timeframe, window }) => request(asset, timeframe, window));
    const page = requests.slice(input.offset, input.offset + input.limit);
    return {
      requests: page,
      skipped: page.length === 0 ? 'nothing is missing' : null,
      more: requests.length > input.offset + input.limit,
      waiting,
      outages: await providersInOutage(pool),
    };
  }

  return { planLive, planBackfill };
};

function parseInstant(text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw invalid(`${name} must be a date or an RFC 3339 time, not ${text}`);
  return instant;
}
