import { Inject, Injectable } from '@nestjs/common';
import { timeframesOf } from '../../config/catalog/kinds-of-providers.js';
import { servedAsStored } from '../../config/catalog/series-behind.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import {
  recountedSeries,
  type SessionStates,
  type SlotCounts,
} from '../../db/repositories/coverage/coverage-states.js';
import { servedSeriesOf, type ServedSeries } from '../../db/repositories/coverage/served-series.js';
import { readServedStates, summariseServed } from '../../db/repositories/coverage/served-states.js';
import { type DailyDifference, readDifferences } from '../../db/repositories/upkeep/daily-differences.js';
import { readHeldBack } from '../../db/repositories/read/held-back.js';
import { readSeriesAtProvider } from '../../db/repositories/read/series-at-provider.js';
import { hashSessions } from '../../db/repositories/read/session-hashes.js';
import { keyOf } from '../../domain/bar.js';
import { waitsFor } from '../../domain/adjustment/held-back.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import type { AssetWithSources } from '../../planning/live-series.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { isoSeconds } from '../http/time.js';
import { mapInTurns } from '../http/turns.js';
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
    const sources = await this.assets.requestedSources(asset, query.source);
    const window = sessionWindowOf(asset, sources, query);
    const { timeframe } = window;
    const served = (await this.served([{ asset, sources }])).filter((one) => one.timeframe === timeframe);
    const found = await readServedStates(this.pool, served, this.now, (due) => pageOf(due, window, query.limit));
    if (window.descending) found.reverse();
    const page = found.slice(0, query.limit);
    const [last, next] = [page.at(-1), found[query.limit]];
    const ids = sources.map(({ id }) => id);
    return {
      ...headOf(asset),
      timeframe,
      sourceOutage: await this.assets.sourceOutageOf(asset.id, timeframe),
      sessions: await this.sessionBodies(sources, timeframe, page),
      noBars: (await this.noBars(served)).get(keyOf({ assetId: asset.id, timeframe })) ?? null,
      heldBack: (await this.heldBack()).filter(({ assetId }) => ids.includes(assetId)).map(({ body }) => body),
      nextCursor: last && next ? cursorAfter(asset, query, window, last.session, next.session) : null,
    };
  }

  async summary({ timeframe }: CoverageSummaryFilter): Promise<CoverageSummaryBody> {
    const assets = await this.assets.activeWithSources();
    const all = await this.served(assets);
    const served = timeframe ? all.filter((one) => one.timeframe === timeframe) : all;
    const states = await summariseServed(this.pool, served, this.now);
    const assetOf = new Map(assets.map(({ asset }) => [asset.id, asset]));
    const known = await mapInTurns(states, async (one) => ({
      ...{ asset: assetOf.get(one.assetId)!, states: one },
      sourceOutage: await this.assets.sourceOutageOf(one.assetId, one.timeframe),
    }));
    const noBars = await this.noBars(served);
    return {
      heldBack: (await this.heldBack()).map(({ body }) => body),
      totals: {
        assets: new Set(known.map(({ asset }) => asset.id)).size,
        ...totalOf(known.map(({ states }) => states)),
      },
      series: await mapInTurns(known, ({ asset: { symbol, assetClass, exchange }, states, sourceOutage }) => ({
        ...{ symbol, assetClass, exchange, timeframe: states.timeframe, sourceOutage },
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
    const assets = (await this.assets.activeWithSources()).flatMap(({ asset, sources }) => {
      const own = timeframe ?? timeframesOf(asset)[0]!;
      return servedAsStored(sources).includes(own) ? [{ asset, sources, timeframe: own }] : [];
    });
    const wanted = new Set(assets.map(({ asset, timeframe: own }) => keyOf({ assetId: asset.id, timeframe: own })));
    const served = (await this.served(assets)).filter((one) => wanted.has(keyOf(one)));
    // the latest dates of all assets are among the latest of each calendar
    const states = await readServedStates(this.pool, served, this.now, (due) => due.slice(-columns));
    const dates = [...new Set(states.map(({ session }) => session))].sort().slice(-columns);
    const ofAsset = Map.groupBy(states, ({ assetId }) => assetId);
    return {
      sessions: dates,
      assets: await mapInTurns(assets, ({ asset: { id, symbol, assetClass, exchange }, timeframe: own }) => {
        const bySession = new Map(ofAsset.get(id)?.map((row) => [row.session, row]));
        const cells = byCount((count) => dates.map((date) => bySession.get(date)?.[count] ?? null));
        return { symbol, assetClass, exchange, timeframe: own, ...cells };
      }),
    };
  }

  private async served(assets: readonly AssetWithSources[]): Promise<ServedSeries[]> {
    const assetIds = assets.flatMap(({ sources }) => sources.map(({ id }) => id));
    const covered = await recountedSeries(this.pool, { assetIds });
    const ofAsset = Map.groupBy(covered, ({ assetId }) => assetId);
    return assets.flatMap(({ asset, sources }) =>
      servedSeriesOf(
        asset,
        sources,
        sources.flatMap(({ id }) => ofAsset.get(id) ?? []),
      ),
    );
  }

  /** Of what has no bar, by key. */
  private async noBars(served: readonly ServedSeries[]): Promise<Map<string, CoverageBody['noBars']>> {
    const empty = served.filter(({ firstBar }) => firstBar === null);
    const found = await readSeriesAtProvider(
      this.pool,
      empty.map(({ sources }) => sources[0]!),
    );
    return new Map(
      found.map(({ hasNothing, responses, lastResponseAt, failure }, i) => {
        const reason = hasNothing ? 'nothing_at_provider' : 'not_yet_fetched';
        return [keyOf(empty[i]!), { reason, responses, lastResponseAt: instantOf(lastResponseAt), failure }];
      }),
    );
  }

  private async heldBack(): Promise<{ assetId: number; body: CoverageSummaryBody['heldBack'][number] }[]> {
    const held = await readHeldBack(this.pool, this.deps.wallNow());
    return held.map(({ assetId, symbol, provider, split, since, nextTryAt }) => ({
      assetId,
      body: {
        ...{ symbol, source: provider, split },
        since: isoSeconds(since),
        waitsFor: waitsFor({ split }),
        nextTryAt: instantOf(nextTryAt),
      },
    }));
  }

  private get pool() {
    return this.deps.database.pool;
  }

  private get now() {
    return marketNow(this.deps);
  }

  private async sessionBodies(
    sources: readonly AssetRow[],
    timeframe: StoredTimeframe,
    page: SessionStates[],
  ): Promise<CoverageBody['sessions']> {
    if (page.length === 0) return [];
    const dates = page.map(({ session }) => session).sort();
    const [first, last] = [dates[0]!, dates.at(-1)!];
    const ids = sources.filter((source) => timeframesOf(source).includes(timeframe)).map(({ id }) => id);
    const { id } = sources[0]!;
    const [hashes, differences] = await Promise.all([
      hashSessions(this.pool, ids, timeframe, first, last),
      readDifferences(this.pool, id, first, last),
    ]);
    const hashOf = ({ session, filled }: SessionStates) => {
      const known = hashes.get(session);
      // bars that were aggregated from shorter ones are not stored
      return known && known.bars >= filled ? known.hash : null;
    };
    return page.map((row) => ({
      session: row.session,
      ...countsOf(row),
      firstPending: row.firstPending === null ? null : isoSeconds(row.firstPending),
      nextAttemptAt: instantOf(row.nextAttemptAt),
      attempts: row.attempts,
      verifiedAt: instantOf(row.verifiedAt),
      hash: hashOf(row),
      quality: qualityOf(differences.get(row.session)),
    }));
  }
}

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
