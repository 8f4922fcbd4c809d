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
import { hashSessions } from '../../db/repositories/read/session-hashes.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { isoSeconds } from '../http/time.js';
import { cursorAfter, pageOf, wantedBy } from './coverage.page.js';
import type {
  CoverageBody,
  CoverageFilter,
  CoverageMatrixBody,
  CoverageMatrixFilter,
  CoverageSummaryBody,
  CoverageSummaryFilter,
} from './coverage.schema.js';

const COUNTS = ['expected', 'filled', 'empty', 'pending', 'unobtainable'] as const;

/** Which bars are there, which are not, and why. */
@Injectable()
export class CoverageService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
  ) {}

  /** @throws Problem 404 on an unknown symbol */
  async sessions(symbol: string, query: CoverageFilter): Promise<CoverageBody> {
    const asset = await this.assets.get(symbol);
    const wanted = wantedBy(asset, query);
    const { timeframe } = wanted;
    const series = await coveredSeries(this.pool, { assetIds: [asset.id], timeframes: [timeframe] });
    const found = await readSessionStates(this.pool, series, this.now, (due) => pageOf(due, wanted, query.limit));
    if (wanted.descending) found.reverse();
    const page = found.slice(0, query.limit);
    const [last, next] = [page.at(-1), found[query.limit]];
    return {
      ...headOf(asset),
      timeframe,
      sessions: await this.describe(asset, timeframe, page),
      nextCursor: last && next ? cursorAfter(asset, query, wanted, last.session, next.session) : null,
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
    return {
      totals: { assets: new Set(known.map(({ asset }) => asset.id)).size, ...total(known.map(({ states }) => states)) },
      series: known.map(({ asset: { symbol, assetClass, exchange }, states }) => ({
        ...{ symbol, assetClass, exchange, timeframe: states.timeframe },
        ...countsOf(states),
        sessions: states.sessions,
        firstSession: states.firstSession,
        lastSession: states.lastSession,
        pendingSessions: states.pendingSessions,
        oldestPending: states.oldestPending,
        nextAttemptAt: instantOf(states.nextAttemptAt),
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
    // each group's newest: the newest of all are among them
    const states = await readSessionStates(this.pool, series, this.now, (due) => due.slice(-columns));
    const dates = [...new Set(states.map(({ session }) => session))].sort().slice(-columns);
    const ofAsset = Map.groupBy(states, ({ assetId }) => assetId);
    return {
      sessions: dates,
      assets: assets.map(({ asset: { id, symbol, assetClass, exchange }, timeframe: own }) => {
        const bySession = new Map(ofAsset.get(id)?.map((row) => [row.session, row]));
        const cells = (count: (typeof COUNTS)[number]) => dates.map((date) => bySession.get(date)?.[count] ?? null);
        const [expected, filled, empty, pending, unobtainable] = COUNTS.map(cells) as [
          Cells,
          Cells,
          Cells,
          Cells,
          Cells,
        ];
        return { symbol, assetClass, exchange, timeframe: own, expected, filled, empty, pending, unobtainable };
      }),
    };
  }

  private get pool() {
    return this.deps.database.pool;
  }

  private get now() {
    return marketNow(this.deps);
  }

  private async describe(
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

type Cells = (number | null)[];

const keyOf = ({ assetId, timeframe }: Pick<CoveredSeries, 'assetId' | 'timeframe'>) => `${assetId}/${timeframe}`;
const instantOf = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());

const countsOf = ({ expected, filled, empty, pending, unobtainable, reasons }: SlotCounts) => ({
  ...{ expected, filled, empty, pending, unobtainable },
  reasons: Object.fromEntries(Object.entries(reasons).filter(([, slots]) => slots > 0)),
});

function total(parts: SlotCounts[]) {
  const sum = (of: (part: SlotCounts) => number) => parts.reduce((all, part) => all + of(part), 0);
  const reasons = Object.fromEntries(
    Object.keys(parts[0]?.reasons ?? {}).map((reason) => [
      reason,
      sum((part) => part.reasons[reason as keyof SlotCounts['reasons']]),
    ]),
  ) as SlotCounts['reasons'];
  const [expected, filled, empty, pending, unobtainable] = COUNTS.map((count) => sum((part) => part[count])) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return countsOf({ expected, filled, empty, pending, unobtainable, reasons });
}

function qualityOf(difference: DailyDifference | undefined): CoverageBody['sessions'][number]['quality'] {
  if (!difference) return null;
  const { open, high, low, close, volume, minutes, expected, checkedAt } = difference;
  return { open, high, low, close, volume, minutes, expected, checkedAt: checkedAt.toISOString() };
}
