import { Injectable } from '@nestjs/common';
import { statusOf } from '../../config/catalog/asset-kinds.js';
import { delayOf } from '../../config/catalog/provider-delays.js';
import { catalogOf, timeframesOf } from '../../config/catalog/kinds-of-providers.js';
import { seriesLimits } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import { dividendAtLevel } from '../../domain/adjustment/adjust-bars.js';
import { SECOND, type StoredTimeframe, TIMEFRAME_MS } from '../../domain/timeframe.js';
import { isoSeconds } from '../http/time.js';
import { mapInTurns } from '../http/turns.js';
import { levelsOf } from '../series/adjusted.js';
import { headOf } from './asset-head.js';
import { AssetCatalog } from './asset-catalog.js';
import type { ActionsBody, AssetBody, AssetListBody, AssetListFilter } from './assets.schema.js';

/** Before any trading date. */
const BEFORE_ALL_SESSIONS = '0001-01-01';

/** The tracked assets, with their splits and dividends. */
@Injectable()
export class AssetsService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly snapshots: BarSnapshots,
  ) {}

  async list({ status }: AssetListFilter): Promise<AssetListBody> {
    const all = await this.catalog.all();
    const assets = status === 'all' ? all : all.filter((asset) => statusOf(asset) === status);
    const problems = (await this.catalog.problems()).map(({ symbol, problem }) => ({ symbol, problem }));
    return { assets: await mapInTurns(assets, async (asset) => this.describe(asset)), problems };
  }

  /** @throws Problem 404 */
  async actions(symbol: string): Promise<ActionsBody> {
    const asset = await this.catalog.get(symbol);
    const { reference } = catalogOf(asset);
    const known = await this.snapshots.read(({ actions }) =>
      actions.after({ assetId: asset.id, reference }, BEFORE_ALL_SESSIONS, null),
    );
    const splits = known.filter((action) => action.kind === 'split');
    const levels = levelsOf(splits, null);
    const dividends = known.filter((action) => action.kind === 'dividend');
    return {
      ...headOf(asset),
      splits: splits.map(({ session, numerator, denominator }) => ({ session, numerator, denominator })),
      dividends: dividends.map((dividend) => ({
        session: dividend.session,
        amount: dividendAtLevel(dividend, levels),
      })),
    };
  }

  /** @throws Problem 404 */
  async one(symbol: string): Promise<AssetBody> {
    return this.describe(await this.catalog.get(symbol));
  }

  async describe(asset: AssetRow): Promise<AssetBody> {
    const sources = await this.catalog.sourcesOf(asset);
    const served = sources.filter(({ role }) => role === 'serve');
    const timeframes = [...new Set(served.flatMap(timeframesOf))].sort((a, b) => TIMEFRAME_MS[a] - TIMEFRAME_MS[b]);
    const { kind, name, provider, providerSymbol, quotedIn, inactiveBecause } = asset;
    return {
      ...headOf(asset),
      ...{ kind, name, provider, providerSymbol, quotedIn, status: statusOf(asset), inactiveBecause },
      sources: sources.map((source) => ({
        rank: source.rank,
        provider: source.provider,
        name: catalogOf(source).name,
        providerSymbol: source.providerSymbol,
        role: source.role,
        status: source.pausedBecause === null ? ('active' as const) : ('paused' as const),
        pausedBecause: source.pausedBecause,
        since: source.createdAt.toISOString(),
        timeframes: timeframesOf(source),
      })),
      sourceOutage: await this.catalog.sourceOutageOf(asset.id),
      formerSymbols: await this.catalog.formerSymbolsOf(asset.id),
      timeframes: await Promise.all(timeframes.map((timeframe) => this.series(asset, served, timeframe))),
    };
  }

  /** @param served sources that are served, by rank; at least one has the timeframe */
  private async series(
    asset: AssetRow,
    served: readonly AssetRow[],
    timeframe: StoredTimeframe,
  ): Promise<AssetBody['timeframes'][number]> {
    const own = served.filter((source) => timeframesOf(source).includes(timeframe));
    const bounds = await this.catalog.boundsOfAll(own.map(({ id }) => ({ assetId: id, timeframe })));
    const [{ provider, exchange }] = own as [AssetRow, ...AssetRow[]];
    return {
      timeframe,
      settleSeconds: seriesLimits(provider, timeframe).settleMs / SECOND,
      delaySeconds: delayOf(provider, exchange) / SECOND,
      sourceOutage: await this.catalog.sourceOutageOf(asset.id, timeframe),
      firstBar: bounds && isoSeconds(bounds.firstTime),
      lastBar: bounds && isoSeconds(bounds.lastTime),
    };
  }
}
