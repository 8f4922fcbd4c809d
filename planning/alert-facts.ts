import { setImmediate } from 'node:timers/promises';
import { keysOf, type ProviderId, PROVIDERS } from '../config/catalog/providers.js';
import { type LivePipeline, PIPELINES } from '../config/catalog/schedules.js';
import type { Queryable } from '../db/client.js';
import { staleTimes } from '../db/repositories/alerts/alerts.js';
import { rulesWithBars } from '../db/repositories/alerts/alert-rules.js';
import { lastAnsweredSlots } from '../db/repositories/coverage/last-answered.js';
import { OFF } from '../db/repositories/provider/provider-gate.js';
import { ProviderReader, type ProviderStanding } from '../db/repositories/provider/provider-reader.js';
import { currentFindings } from '../db/repositories/read/agreement-reader.js';
import { AssetReader } from '../db/repositories/read/asset-reader.js';
import { failingPipelines } from '../db/repositories/runs/failing-pipelines.js';
import { findingInWords } from '../domain/agreement/finding-in-words.js';
import type { BackupFault } from '../domain/alerts/backup.js';
import type { DiskSample } from '../domain/alerts/disk.js';
import { BUDGET_DAYS } from '../domain/alerts/error-budget.js';
import type { Facts } from '../domain/alerts/judge.js';
import { keyOf, type SeriesKey } from '../domain/bar.js';
import type { CalendarId } from '../domain/calendars/calendar.js';
import { midnightOf, utcDate } from '../domain/calendars/dates.js';
import type { Freshness } from '../domain/freshness.js';
import { DAY } from '../domain/timeframe.js';
import { type AssetWithSources, byRank, freshnessOfAll, type LiveSeries, liveSeriesOf, served } from './live-series.js';

/** Older comparisons of sources say nothing about now. */
const COMPARED_DAYS = 7;

export interface FactsInput {
  rates: Record<ProviderId, number>;
  clockOffsetMs: number;
  /** Wall clock, epoch ms. */
  wallNow: number;
  disk: readonly DiskSample[];
  backup: BackupFault | null;
  upMs: number;
}

/** All that alerts are concluded from, in a dozen small reads. */
export async function alertFacts(
  db: Queryable,
  { rates, clockOffsetMs, wallNow, disk, backup, upMs }: FactsInput,
): Promise<Facts> {
  const now = wallNow + clockOffsetMs;
  const standings = await new ProviderReader(db).standings();
  const isOff = new Set(standings.filter(({ blockedType }) => blockedType === OFF).map(({ provider }) => provider));
  const assets = await assetsWithSources(db);
  const live = (await liveSeries(db, assets, { rates, now })).filter(({ source }) => !isOff.has(source.provider));
  const marketsOf = (provider?: ProviderId): CalendarId[] => [
    ...new Set(
      live
        .filter(({ source }) => provider === undefined || source.provider === provider)
        .map(({ source }) => source.exchange),
    ),
  ];
  const stale = await staleTimes(db, now - BUDGET_DAYS * DAY);
  const findings = await currentFindings(db, utcDate(now - COMPARED_DAYS * DAY));
  const failing = await failingPipelines(db);
  return {
    ...{ now, disk, backup, upMs },
    series: live.map(({ symbol, timeframe, source: { provider, exchange }, freshness }) => ({
      ...{ symbol, timeframe, provider, exchange },
      ...freshness,
    })),
    staleTimes: assets.flatMap(({ asset: { symbol, exchange } }) => {
      const times = stale.get(symbol);
      return times ? [{ symbol, exchange, times }] : [];
    }),
    providers: standings
      .filter(({ provider }) => !isOff.has(provider))
      .map((standing) => providerFacts(standing, marketsOf(standing.provider), clockOffsetMs)),
    pipelines: failing.map(({ since, pipeline, ...run }) => {
      const provider = pipeline in PIPELINES ? PIPELINES[pipeline as LivePipeline].provider : null;
      return { ...run, pipeline, provider, since: since + clockOffsetMs, markets: marketsOf(provider ?? undefined) };
    }),
    disagreements: [...Map.groupBy(findings, pairOf).values()]
      .map(([first]) => first!)
      .map(({ symbol, source, other, exchange, session, ...finding }) => ({
        ...{ symbol, source, other, exchange, session: midnightOf(session) },
        finding: findingInWords(finding, { source: PROVIDERS[source].name, other: PROVIDERS[other].name }),
      })),
    rules: await rulesWithBars(db),
  };
}

const pairOf = ({ symbol, source, other }: { symbol: string; source: string; other: string }) =>
  `${symbol} ${source} ${other}`;

async function assetsWithSources(db: Queryable): Promise<AssetWithSources[]> {
  const reader = new AssetReader(db);
  const further = Map.groupBy(await reader.furtherSources(), ({ sourceOf }) => sourceOf);
  return (await reader.all())
    .filter(({ active }) => active)
    .map((asset) => ({ asset, sources: served(byRank(asset, further.get(asset.id))) }));
}

type SeriesWithFreshness = LiveSeries & { freshness: Freshness };

async function liveSeries(
  db: Queryable,
  assets: readonly AssetWithSources[],
  clock: { rates: Record<ProviderId, number>; now: number },
): Promise<SeriesWithFreshness[]> {
  const bounds = new Map((await new AssetReader(db).bounds()).map((one) => [keyOf(one), one.lastTime]));
  const found: SeriesWithFreshness[][] = [];
  for (const pipeline of Object.keys(PIPELINES) as LivePipeline[]) {
    await setImmediate();
    const series = liveSeriesOf(pipeline, assets);
    const keys = series.flatMap(({ served }) => served);
    const answered = await lastAnsweredSlots(db, keys);
    await setImmediate();
    const newest = (key: SeriesKey) => ({
      lastBar: bounds.get(keyOf(key)) ?? null,
      lastAnswered: answered.get(keyOf(key)) ?? null,
    });
    found.push(
      freshnessOfAll(pipeline, series, clock, newest).map(({ series: one, freshness }) => ({ ...one, freshness })),
    );
  }
  return found.flat();
}

function providerFacts(
  {
    provider,
    blockedUntil,
    failures,
    lastFailureAt,
    isKeyRefused,
    outageSince,
    outageSymptom,
    ...standing
  }: ProviderStanding,
  markets: CalendarId[],
  clockOffsetMs: number,
): Facts['providers'][number] {
  const { name, monthlyQuota } = PROVIDERS[provider];
  const { quotaUsed, quotaFrom, quotaUntil, at } = standing;
  return {
    ...{ id: provider, name, failures, markets, isBlocked: blockedUntil !== null },
    refusedKey: isKeyRefused ? keysOf(provider) : null,
    lastFailureAt: lastFailureAt && lastFailureAt.getTime() + clockOffsetMs,
    outage: outageSince && { since: outageSince.getTime() + clockOffsetMs, symptom: outageSymptom ?? 'unknown' },
    quota:
      monthlyQuota === null
        ? null
        : {
            used: quotaUsed,
            limit: monthlyQuota,
            leftMs: quotaUntil.getTime() - at.getTime(),
            monthMs: quotaUntil.getTime() - quotaFrom.getTime(),
          },
  };
}
