import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import { type ProviderId, PROVIDERS, seriesLimits } from '../config/catalog/providers.js';
import { PIPELINES } from '../config/catalog/schedules.js';
import type { LivePlanInput, Plan, PlannedRequest } from '../contracts/activities.js';
import { recountDirty } from '../db/repositories/coverage/recount.js';
import { claimSession, readCoverage } from '../db/repositories/coverage/session-coverage.js';
import { providersMarkedOff } from '../db/repositories/provider/provider-gate.js';
import { lastLiveRequests } from '../db/repositories/provider/live-requests.js';
import { activeAssets, type Asset, assetProblems } from '../db/repositories/read/active-assets.js';
import type { Window } from '../domain/bar.js';
import { midnightOf, utcDate } from '../domain/calendars/dates.js';
import { calendarOf, type Session } from '../domain/calendars/index.js';
import { slotsOf } from '../domain/calendars/slots.js';
import { groupWindows } from '../domain/planning/group-windows.js';
import { type LiveRate, MAX_REQUESTS, requestsPerRun, stalestFirst } from '../domain/planning/live-budget.js';
import { planLiveWindow } from '../domain/planning/live-window.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import type { Trigger } from '../domain/run.js';
import { DAY, type StoredTimeframe, TIMEFRAME_MS } from '../domain/timeframe.js';
import { planProbes } from './outages.js';
import { afterTheClose, isStandBy, requestedNow } from './stand-in.js';
import { spacedOut } from './quota.js';
import { clocksNow, findAssets, idsOf, requestFor, seriesPlanInput } from './series-input.js';

/** How far back a live run looks for missing bars if one request of the provider has no narrower limit. */
const LIVE_LOOKBACK_MS = 45 * DAY;

/** Assets whose coverage is read and planned in one turn of the event loop. */
const ASSETS_PER_TURN = 25;

interface PlannedWindow {
  asset: Asset;
  timeframe: StoredTimeframe;
  window: Window;
  /** Of a historical run. */
  session?: Session;
}

type Planner = (
  pool: pg.Pool,
  clockOffsetMs: number,
  assets: Asset[],
  timeframe: StoredTimeframe,
  input: LivePlanInput,
) => Promise<PlannedWindow[]>;

/**
 * The requests of a live run: at most one per asset and timeframe, and one for live prices if the provider has separate
 * quotes. If a scheduled run has no time for all, those for the assets requested longest ago. Beyond the limit of the
 * input, the plan names the assets only.
 * @throws BadInputError on an unknown symbol
 */
export async function planLive(
  { pool, clockOffsetMs, rates }: { pool: pg.Pool; clockOffsetMs: number; rates: Record<ProviderId, number> },
  input: LivePlanInput,
): Promise<Plan> {
  const { pipeline, trigger, symbols, assetIds, limit = Number.POSITIVE_INFINITY } = input;
  const { provider, timeframes, gridMs } = PIPELINES[pipeline];
  const off = (await providersMarkedOff(pool)).get(provider);
  if (off) return nothingToDo(`${PROVIDERS[provider].name} is off: ${off}`);
  const isPage = assetIds !== undefined;
  const assets = isPage ? await activeAssets(pool, { ids: assetIds }) : await findAssets(pool, { provider, symbols });
  const problems = isPage ? [] : await assetProblems(pool, { provider, symbols });
  const because = (reason: string) => nothingToDo([reason, ...problems.map(({ problem }) => problem)].join('; '));
  if (assets.length === 0) return because('no active assets');
  const spaced = trigger === 'schedule' && !isPage ? await spacedOut(pool, input, assets.length) : null;
  if (spaced) return { ...because(spaced), isSpaced: true };
  // a scheduled run leaves bars that were deleted by SQL to heal, which tries stored payloads first
  if (trigger !== 'schedule' && !isPage) await recountDirty(pool);
  const requestsPerSecond = rates[provider];
  const most = isPage
    ? assets.length * timeframes.length
    : mostRequests(trigger, { requestsPerSecond, intervalMs: gridMs }) * (PROVIDERS[provider].many?.symbols ?? 1);
  const found = await planUpTo(most, pool, clockOffsetMs, await inOrder(pool, assets, input), input);
  const windows = found.slice(0, most);
  const requests: PlannedRequest[] = [];
  if (PROVIDERS[provider].quotes === 'separate' && trigger !== 'backfill' && !isPage)
    requests.push({ kind: 'quotes', provider, providerSymbols: assets.map((asset) => asset.providerSymbol) });
  const plan = { requests, skipped: null, more: found.length > most, waiting: 0, problems, requestsPerSecond };
  if (windows.length > assetsIn(limit, provider))
    return { ...plan, assetIds: [...new Set(windows.map(({ asset }) => asset.id))] };
  const own = trigger === 'backfill' ? await claimedWindows(pool, windows) : windows;
  requests.push(...requestsOf(own));
  if (requests.length > 0) return { ...plan, ...(await planProbes(pool, clocksNow(clockOffsetMs).now)) };
  if (trigger === 'backfill') return because('already covered, or no session at that time');
  const standBy = assets.every((asset) => timeframes.every((timeframe) => isStandBy(asset, timeframe)));
  return because(standBy ? 'standing by, nothing missing' : 'markets closed, nothing missing');
}

/** Ids and symbols of so many assets fit a plan. */
const MOST_OF_MANY = 1_000;

/** For how many assets a plan of at most `limit` requests may be. */
function assetsIn(limit: number, provider: ProviderId): number {
  const { many } = PROVIDERS[provider];
  return many ? Math.min(limit * many.symbols, MOST_OF_MANY) : limit;
}

/** The requests for some windows of a provider's assets: together, if it takes several symbols at once. */
function requestsOf(windows: readonly PlannedWindow[]): PlannedRequest[] {
  const alike = Map.groupBy(windows, ({ asset, timeframe }) => `${asset.provider} ${asset.exchange} ${timeframe}`);
  return [...alike.values()].flatMap((some) => {
    const { asset, timeframe } = some[0]!;
    const { many } = PROVIDERS[asset.provider];
    if (!many) return some.map((one) => requestFor(one.asset, timeframe, one.window));
    return groupWindows(some, TIMEFRAME_MS[timeframe], many).map(({ window, members }): PlannedRequest =>
      members.length === 1
        ? requestFor(members[0]!.asset, timeframe, window)
        : {
            ...{ kind: 'many', provider: asset.provider, exchange: asset.exchange, timeframe, window },
            assets: members.map(({ asset: { id, symbol, providerSymbol } }) => ({
              assetId: id,
              symbol,
              providerSymbol,
            })),
          },
    );
  });
}

const nothingToDo = (skipped: string): Plan => ({ requests: [], skipped, more: false, waiting: 0 });

/** A scheduled run has time until the next one, any other as much as it needs. */
const mostRequests = (trigger: Trigger, rate: LiveRate): number =>
  trigger === 'schedule' ? requestsPerRun(rate) : MAX_REQUESTS;

/** A page's assets in the order given; else those that a live run of the pipeline requested longest ago, or never, first. */
async function inOrder(pool: pg.Pool, assets: Asset[], { pipeline, assetIds }: LivePlanInput): Promise<Asset[]> {
  if (assetIds) {
    const byId = new Map(assets.map((asset) => [asset.id, asset]));
    return assetIds.flatMap((id) => byId.get(id) ?? []);
  }
  const last = await lastLiveRequests(pool, idsOf(assets), PIPELINES[pipeline].timeframes);
  return stalestFirst(assets, ({ id }) => last.get(id));
}

/** The windows of assets in their order, a little more than `most` if there are more. */
async function planUpTo(
  most: number,
  pool: pg.Pool,
  clockOffsetMs: number,
  assets: Asset[],
  input: LivePlanInput,
): Promise<PlannedWindow[]> {
  const plan: Planner = input.trigger === 'backfill' ? planHistorical : planNewest;
  const windows: PlannedWindow[] = [];
  const having = (some: Asset[], timeframe: StoredTimeframe) =>
    some.filter((asset) => timeframesOf(asset).includes(timeframe));
  for (let i = 0; i < assets.length && windows.length <= most; i += ASSETS_PER_TURN) {
    const some = assets.slice(i, i + ASSETS_PER_TURN);
    const perTimeframe = await Promise.all(
      PIPELINES[input.pipeline].timeframes.map((timeframe) =>
        plan(pool, clockOffsetMs, having(some, timeframe), timeframe, input),
      ),
    );
    windows.push(...perTimeframe.flat());
    await setImmediate();
  }
  return windows;
}

/** What has closed since the watermark. */
async function planNewest(
  ...[pool, clockOffsetMs, assets, timeframe, { asOf, trigger }]: Parameters<Planner>
): Promise<PlannedWindow[]> {
  if (assets.length === 0) return [];
  const limits = seriesLimits(assets[0]!.provider, timeframe);
  // with its overlap, no wider than one request
  const overlapMs = limits.overlapBars * TIMEFRAME_MS[timeframe];
  const from =
    asOf - (limits.maxWindowMs === null ? (limits.reachMs ?? LIVE_LOOKBACK_MS) : limits.maxWindowMs - overlapMs);
  const wanted = trigger === 'schedule' ? await requestedNow(pool, assets, timeframe, asOf) : new Set(idsOf(assets));
  const coverage = await readCoverage(pool, idsOf(assets), timeframe, utcDate(from - DAY));
  const clocks = clocksNow(clockOffsetMs);
  return assets.flatMap((asset) => {
    const known = coverage.get(asset.id)!;
    const series = seriesPlanInput(asset, timeframe, known, { range: { from, to: asOf }, asOf }, clocks);
    const live = { ...series, leaveLost: trigger === 'schedule' };
    const window = wanted.has(asset.id)
      ? planLiveWindow(live, trigger === 'manual')
      : planWindows(afterTheClose(live))[0];
    return window ? [{ asset, timeframe, window }] : [];
  });
}

/** The whole session at a historical time. */
async function planHistorical(
  ...[pool, clockOffsetMs, assets, timeframe, { nominalAt }]: Parameters<Planner>
): Promise<PlannedWindow[]> {
  const clocks = clocksNow(clockOffsetMs);
  const coverage = await readCoverage(pool, idsOf(assets), timeframe, utcDate(nominalAt - 2 * DAY));
  return assets.flatMap((asset) => {
    const calendar = calendarOf(asset.exchange);
    const session = nominalAt <= midnightOf(calendar.ends) ? calendar.sessionAt(nominalAt - 1) : null;
    if (!session) return [];
    const range = { from: session.open, to: session.close };
    const known = coverage.get(asset.id)!;
    const window = planWindows(seriesPlanInput(asset, timeframe, known, { range, asOf: clocks.now }, clocks))[0];
    return window ? [{ asset, timeframe, window, session }] : [];
  });
}

/** Requests a session once: the first run claims it, and the runs of its other slots find it claimed or covered. */
async function claimedWindows(pool: pg.Pool, windows: readonly PlannedWindow[]): Promise<PlannedWindow[]> {
  const claimed: PlannedWindow[] = [];
  const bySession = Map.groupBy(windows, ({ timeframe, session }) => `${timeframe} ${session!.date}`);
  for (const ofSession of bySession.values()) {
    const { timeframe, session } = ofSession[0]!;
    const wanted = ofSession.map(({ asset, session }) => ({
      assetId: asset.id,
      expected: slotsOf(asset.exchange, timeframe, session!).length,
    }));
    const ids = new Set(await claimSession(pool, timeframe, session!.date, wanted));
    claimed.push(...ofSession.filter(({ asset }) => ids.has(asset.id)));
  }
  return claimed;
}
