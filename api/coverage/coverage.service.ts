import { Inject, Injectable } from '@nestjs/common';
import { timeframesOf } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import {
  readSessionStates,
  type SessionStates,
  type SlotCounts,
  summariseCoverage,
} from '../../db/repositories/coverage/coverage-states.js';
import { coveredSeries, type CoveredSeries } from '../../db/repositories/coverage/covered-series.js';
import { type DailyDifference, readDifferences } from '../../db/repositories/upkeep/daily-differences.js';
import { readHeldBack } from '../../db/repositories/read/held-back.js';
import { readSeriesAtProvider } from '../../db/repositories/read/series-at-provider.js';
import { hashSessions } from '../../db/repositories/read/session-hashes.js';
import { waitsFor } from '../../domain/adjustment/held-back.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { isoSeconds } from '../http/time.js';
import { cursorAfter, pageOf, sessionWindowOf } from './coverage.page.js';
import type {
  CoverageBody,
  CoverageFilter,
  CoverageMatrixBody,
  CoverageMatrixFilter,
  CoverageSummaryBody,
  CoverageSummaryFilter,
} from './coverage.schema.js';

const COUNTS = ['expected', 'filled', 'empty', 'pending', 'unobtainable'] as const;
type Count = (typeof COUNTS)[number];

/** Which bars are stored, which are missing, and why. */
@Injectable()
export class CoverageService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
  ) {}

  /** @throws Problem 404 for an unknown symbol */
  async sessions(symbol: string, query: CoverageFilter): Promise<CoverageBody> {
    const asset = await this.assets.get(symbol);
    const window = sessionWindowOf(asset, query);
    const { timeframe } = window;
    const series = await coveredSeries(this.pool, { assetIds: [asset.id], timeframes: [timeframe] });
    const found = await readSessionStates(this.pool, series, this.now, (due) => pageOf(due, window, query.limit));
    if (window.descending) found.reverse();
    const page = found.slice(0, query.limit);
    const [last, next] = [page.at(-1), found[query.limit]];
    return {
      ...headOf(asset),
      timeframe,
      sessions: await this.sessionBodies(asset, timeframe, page),
      noBars: (await this.noBars(series)).get(keyOf({ assetId: asset.id, timeframe })) ?? null,
      heldBack: (await this.heldBack()).filter((held) => held.symbol === asset.symbol),
      nextCursor: last && next ? cursorAfter(asset, query, window, last.session, next.session) : null,
    };
  }

  async summary({ timeframe }: CoverageSummaryFilter): Promise<CoverageSummaryBody> {
    const [assets, series] = await Promise.all([
      this.assets.active(),
      summariseCoverage(this.pool, this.now, timeframe ? { timeframes: [timeframe] } : {}),
    ]);
    const assetOf = new Map(assets.map((asset) => [asset.id, asset]));
    const known = series.flatMap((states) => {
      const asset = assetOf.get(states.assetId);
      return asset ? [{ asset, states }] : [];
    });
    const noBars = await this.noBars(known.map(({ states }) => states));
    return {
      heldBack: await this.heldBack(),
      totals: {
        assets: new Set(known.map(({ asset }) => asset.id)).size,
        ...totalOf(known.map(({ states }) => states)),
      },
      series: known.map(({ asset: { symbol, assetClass, exchange }, states }) => ({
        ...{ symbol, assetClass, exchange, timeframe: states.timeframe },
        ...countsOf(states),
        sessions: states.sessions,
        firstSession: states.firstSession,
        lastSession: states.lastSession,
        pendingSessions: states.pendingSessions,
        oldestPending: states.oldestPending,
        nextAttemptAt: instantOf(states.nextAttemptAt),
        noBars: noBars.get(keyOf(states)) ?? null,
      })),
    };
  }

  async matrix({ timeframe, sessions: columns }: CoverageMatrixFilter): Promise<CoverageMatrixBody> {
    const assets = (await this.assets.active()).flatMap((asset) => {
      const stored = timeframesOf(asset.provider);
      return timeframe && !stored.includes(timeframe) ? [] : [{ asset, timeframe: timeframe ?? stored[0]! }];
    });
    const all = await coveredSeries(this.pool, { assetIds: assets.map(({ asset }) => asset.id) });
    const wanted = new Set(assets.map(({ asset, timeframe: own }) => keyOf({ assetId: asset.id, timeframe: own })));
    const series = all.filter((one) => wanted.has(keyOf(one)));
    // the latest dates of all assets are among the latest of each calendar
    const states = await readSessionStates(this.pool, series, this.now, (due) => due.slice(-columns));
    const dates = [...new Set(states.map(({ session }) => session))].sort().slice(-columns);
    const ofAsset = Map.groupBy(states, ({ assetId }) => assetId);
    return {
      sessions: dates,
      assets: assets.map(({ asset: { id, symbol, assetClass, exchange }, timeframe: own }) => {
        const bySession = new Map(ofAsset.get(id)?.map((row) => [row.session, row]));
        const cells = byCount((count) => dates.map((date) => bySession.get(date)?.[count] ?? null));
        return { symbol, assetClass, exchange, timeframe: own, ...cells };
      }),
    };
  }

  /** Of the series without a bar, by key. */
  private async noBars(series: readonly CoveredSeries[]): Promise<Map<string, CoverageBody['noBars']>> {
    const found = await readSeriesAtProvider(
      this.pool,
      series.filter(({ firstBar }) => firstBar === null),
    );
    return new Map(
      found.map(({ hasNothing, isUnknown: _, responses, lastResponseAt, failure, ...key }) => {
        const reason = hasNothing ? 'nothing_at_provider' : 'not_yet_fetched';
        return [keyOf(key), { reason, responses, lastResponseAt: instantOf(lastResponseAt), failure }];
      }),
    );
  }

  private async heldBack(): Promise<CoverageSummaryBody['heldBack']> {
    return (await readHeldBack(this.pool, this.deps.wallNow())).map(({ symbol, split, since, nextTryAt }) => ({
      symbol,
      split,
      since: isoSeconds(since),
      waitsFor: waitsFor({ split }),
      nextTryAt: instantOf(nextTryAt),
    }));
  }

  private get pool() {
    return this.deps.database.pool;
  }

  private get now() {
    return marketNow(this.deps);
  }

  private async sessionBodies(
    { id, assetClass }: AssetRow,
    timeframe: StoredTimeframe,
    page: SessionStates[],
  ): Promise<CoverageBody['sessions']> {
    if (page.length === 0) return [];
    const dates = page.map(({ session }) => session).sort();
    const [first, last] = [dates[0]!, dates.at(-1)!];
    const isCompared = assetClass === 'stock';
    const [hashes, differences] = await Promise.all([
      hashSessions(this.pool, { assetId: id, timeframe }, first, last),
      isCompared ? readDifferences(this.pool, id, first, last) : new Map<string, DailyDifference>(),
    ]);
    return page.map((row) => ({
      session: row.session,
      ...countsOf(row),
      firstPending: row.firstPending === null ? null : isoSeconds(row.firstPending),
      nextAttemptAt: instantOf(row.nextAttemptAt),
      attempts: row.attempts,
      verifiedAt: instantOf(row.verifiedAt),
      hash: hashes.get(row.session) ?? null,
      quality: qualityOf(differences.get(row.session)),
    }));
  }
}

const keyOf = ({ assetId, timeframe }: Pick<CoveredSeries, 'assetId' | 'timeframe'>) => `${assetId}/${timeframe}`;
const instantOf = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());

const byCount = <T>(valueOf: (count: Count) => T): Record<Count, T> =>
  Object.fromEntries(COUNTS.map((count) => [count, valueOf(count)])) as Record<Count, T>;

const countsOf = ({ reasons, ...counts }: Pick<SlotCounts, Count | 'reasons'>) => ({
  ...byCount((count) => counts[count]),
  reasons: Object.fromEntries(Object.entries(reasons).filter(([, slots]) => slots > 0)),
});

function totalOf(parts: SlotCounts[]) {
  const sum = (of: (part: SlotCounts) => number) => parts.reduce((all, part) => all + of(part), 0);
  const reasons = Object.fromEntries(
    Object.keys(parts[0]?.reasons ?? {}).map((reason) => [
      reason,
      sum((part) => part.reasons[reason as keyof SlotCounts['reasons']]),
    ]),
  ) as SlotCounts['reasons'];
  return countsOf({ ...byCount((count) => sum((part) => part[count])), reasons });
}

function qualityOf(difference: DailyDifference | undefined): CoverageBody['sessions'][number]['quality'] {
  if (!difference) return null;
  const { open, high, low, close, volume, minutes, expected, checkedAt } = difference;
  return { open, high, low, close, volume, minutes, expected, checkedAt: checkedAt.toISOString() };
}
