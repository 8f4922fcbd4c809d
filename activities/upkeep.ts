import { type ProviderId, seriesLimits, timeframesOf } from '../config/catalog/providers.js';
import type { Asset } from '../db/repositories/read/assets.js';
import { readCoverage, recountDirty, type SeriesCoverage } from '../db/repositories/coverage/coverage.js';
import { classifyUsuallyEmpty, classifyCorrupt } from '../db/repositories/coverage/classify-gaps.js';
import { type SeriesStates, summariseCoverage } from '../db/repositories/coverage/coverage-reader.js';
import { compareDays } from '../db/repositories/upkeep/daily-differences.js';
import { providersInOutage } from '../db/repositories/provider/outages.js';
import { assetsToAdjust } from '../db/repositories/load/splits.js';
import { payloadsWithBarsAt } from '../db/repositories/upkeep/stored-payloads.js';
import type { Window } from '../domain/bar.js';
import { PENDING_REASONS, UNOBTAINABLE_REASONS } from '../domain/coverage/slot-state.js';
import { unfilledSlots } from '../domain/planning/due-slots.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { DAY, MINUTE, type StoredTimeframe } from '../domain/timeframe.js';
import { sessionsToVerify } from '../domain/planning/verification.js';
import { startAdjusting } from './adjust.js';
import type { Deps } from './deps.js';
import { BEGINNING, findAssets, idsOf, isoDate, request, seriesInput } from '../planning/series-input.js';
import type {
  HealPlanInput,
  Plan,
  PlannedRequest,
  StoredPayload,
  UpkeepPlanInput,
  UpkeepScope,
  VerifyPlanInput,
} from '../contracts/activities.js';

/** So long after its close a bar is the live runs' business. ms. */
const LIVE_FIRST_MS = 45 * MINUTE;
/** How far back days are compared with their minutes. */
const COMPARED_DAYS = 30;

export const upkeepActivities = ({ pool, client, clockOffsetMs }: Pick<Deps, 'pool' | 'client' | 'clockOffsetMs'>) => {
  /**
   * Counts again what SQL has changed, and judges what one load cannot: corrupt at the provider, as empty as usual. Splits
   * that could not be applied are tried again.
   */
  async function judgeCoverage(): Promise<void> {
    await recountDirty(pool);
    await classifyCorrupt(pool);
    await classifyUsuallyEmpty(pool);
    for (const assetId of await assetsToAdjust(pool)) await startAdjusting({ pool, client }, assetId);
  }

  /** What is missing after a heal, in words; null where nothing is. */
  async function reportGaps({ symbols, timeframes }: UpkeepScope): Promise<string | null> {
    const assets = await findAssets(pool, { symbols });
    const now = Date.now() + clockOffsetMs;
    return describeGaps(await summariseCoverage(pool, now, { assetIds: idsOf(assets), timeframes }));
  }

  /** Keeps the provider's days beside the days that its minutes add up to. @returns how many differences are new */
  async function compareWithDays(): Promise<number> {
    return compareDays(pool, { since: isoDate(Date.now() + clockOffsetMs - COMPARED_DAYS * DAY) });
  }

  /** Stored payloads that give back what is missing, newest first: before a provider is asked, these are. */
  async function planReplay(scope: UpkeepScope): Promise<StoredPayload[]> {
    const payloads: StoredPayload[] = [];
    for await (const { asset, timeframe, input } of seriesOf(scope)) {
      const times = unfilledSlots(input);
      if (times.length === 0) continue;
      const ids = await payloadsWithBarsAt(pool, { assetId: asset.id, timeframe }, times);
      payloads.push(...ids.map((payloadId) => ({ payloadId, assetId: asset.id, timeframe, rows: 0 })));
    }
    return payloads;
  }

  /** Requests for what is missing and due, newest first. */
  async function planHeal(scope: HealPlanInput): Promise<Plan> {
    const requests: PlannedRequest[] = [];
    for await (const { asset, timeframe, input } of seriesOf(scope)) {
      const windows = planWindows({
        ...input,
        leaveUnrequestedAfter: input.now - LIVE_FIRST_MS,
        wallNow: scope.impatient ? Number.POSITIVE_INFINITY : input.wallNow,
      });
      requests.push(...windows.map((window) => request(asset, timeframe, window)));
    }
    return page(requests, scope, 'nothing to ask for', await providersInOutage(pool));
  }

  /** Requests for what is stored and due to be asked for again, newest first. */
  async function planVerify(scope: VerifyPlanInput): Promise<Plan> {
    const requests: PlannedRequest[] = [];
    for await (const { asset, timeframe, input } of seriesOf(scope)) {
      const sessions = scope.everything ? undefined : sessionsToVerify(input, clockOffsetMs);
      if (sessions?.size === 0) continue;
      const windows = planWindows({ ...input, sessions, refetch: true });
      requests.push(...windows.map((window) => request(asset, timeframe, window)));
    }
    return page(requests, scope, 'nothing is due', await providersInOutage(pool));
  }

  /** Every series with what is known of it, from its first bar on; one that never had a bar, as far as its provider reaches. */
  async function* seriesOf({ symbols, timeframes }: UpkeepScope) {
    const assets = await findAssets(pool, { symbols });
    const now = Date.now() + clockOffsetMs;
    for (const [provider, ofProvider] of Map.groupBy(assets, (asset) => asset.provider)) {
      for (const timeframe of timeframesOf(provider)) {
        if (timeframes && !timeframes.includes(timeframe)) continue;
        const coverage = await readCoverage(pool, idsOf(ofProvider), timeframe, isoDate(BEGINNING));
        const { reachMs } = seriesLimits(provider, timeframe);
        const oldest = reachMs === null ? BEGINNING : now - reachMs;
        for (const asset of ofProvider) {
          const known = coverage.get(asset.id)!;
          yield {
            asset,
            timeframe,
            input: inputOf(asset, timeframe, known, { from: known.firstBar ?? oldest, to: now }),
          };
        }
      }
    }
  }

  /** A series that is asked for by "the last days" has no other windows: its plan must not reach back further than that. */
  function inputOf(asset: Asset, timeframe: StoredTimeframe, known: SeriesCoverage, range: Window): SeriesPlanInput {
    const input = seriesInput(clockOffsetMs, asset, timeframe, known, range, range.to);
    return { ...input, beginsAt: known.firstBar ?? known.beginsAt, limits: seriesLimits(asset.provider, timeframe) };
  }

  return { judgeCoverage, reportGaps, compareWithDays, planReplay, planHeal, planVerify };
};

function page(
  requests: PlannedRequest[],
  { offset, limit }: UpkeepPlanInput,
  nothing: string,
  outages: ProviderId[],
): Plan {
  const newestFirst = requests.sort((a, b) => endOf(b) - endOf(a));
  const wanted = newestFirst.slice(offset, offset + limit);
  return {
    requests: wanted,
    skipped: wanted.length === 0 ? nothing : null,
    more: requests.length > offset + limit,
    waiting: 0,
    outages,
  };
}

/** For the run's row: how many bars are missing and why, and when they are asked for again. */
export function describeGaps(series: readonly SeriesStates[]): string | null {
  const count = (pick: (one: SeriesStates) => number) => series.reduce((sum, one) => sum + pick(one), 0);
  const told = (total: number, what: string, reasons: readonly (keyof SeriesStates['reasons'])[]) => {
    const parts = reasons.map((reason) => [reason, count((one) => one.reasons[reason])] as const);
    const why = parts
      .filter(([, slots]) => slots > 0)
      .map(([reason, slots]) => `${slots} ${reason.replaceAll('_', ' ')}`);
    return total === 0 ? [] : [`${total} ${what} (${why.join(', ')})`];
  };
  const attempts = series.flatMap((one) => (one.nextAttemptAt === null ? [] : [one.nextAttemptAt]));
  const next = attempts.length > 0 ? [`next attempt ${new Date(Math.min(...attempts)).toISOString()}`] : [];
  const pending = told(
    count((one) => one.pending),
    'still pending',
    PENDING_REASONS,
  );
  const lost = told(
    count((one) => one.unobtainable),
    'unobtainable',
    UNOBTAINABLE_REASONS,
  );
  const parts = [...pending, ...(pending.length > 0 ? next : []), ...lost];
  return parts.length > 0 ? parts.join('; ') : null;
}

const endOf = (planned: PlannedRequest): number => (planned.kind === 'bars' ? planned.window.to : 0);
