import { Injectable } from '@nestjs/common';
import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import type { LivePipeline } from '../../config/catalog/schedules.js';
import { keyOf, type SeriesKey } from '../../domain/bar.js';
import { sameSymbol } from '../../domain/same-symbol.js';
import { sourceOutage, sourcesWith } from '../../domain/source-outage.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { AssetReader, type AssetRow, type SeriesBounds } from '../../db/repositories/read/asset-reader.js';
import type { AssetProblem } from '../../db/repositories/read/active-assets.js';
import type { AssetStanding } from '../../db/repositories/read/source-outages.js';
import { type AssetWithSources, byRank, type LiveSeries, liveSeriesOf, served } from '../../planning/live-series.js';
import { invalidQuery, Problem } from '../http/problem.js';
import { cachedFor, type Cached } from '../http/ttl-cache.js';

/** A new asset is found within this time, and reads do not query what hardly ever changes. */
const MAX_AGE_MS = 2_000;

const PATHS = { stock: 'stocks', crypto: 'crypto' } satisfies Record<AssetClass, string>;

/** The ids of renamed assets by each symbol that they had, and these symbols, oldest first, by the asset. */
interface FormerSymbols {
  idOf: ReadonlyMap<string, number>;
  symbolsOf: ReadonlyMap<number, string[]>;
}

/** The assets and the bounds of their series, cached for a moment. */
@Injectable()
export class AssetCatalog {
  private readonly assets: Cached<ReadonlyMap<string, AssetRow>>;
  private readonly further: Cached<ReadonlyMap<number, AssetRow[]>>;
  private readonly former: Cached<FormerSymbols>;
  /** Former symbols that were asked for, and what they lead to. */
  private readonly renames = new Map<string, string>();
  private readonly troubled: () => Promise<AssetProblem[]>;
  private readonly inOutage: () => Promise<ReadonlyMap<number, AssetStanding>>;
  /** First and last bar of each series that has bars, by `keyOf`. */
  readonly bounds: () => Promise<ReadonlyMap<string, SeriesBounds>>;

  constructor(private readonly reader: AssetReader) {
    this.assets = cachedFor(
      MAX_AGE_MS,
      async () => new Map((await reader.all()).map((asset) => [asset.symbol.toUpperCase(), asset])),
    );
    this.further = cachedFor(MAX_AGE_MS, async () =>
      Map.groupBy(await reader.furtherSources(), ({ sourceOf }) => sourceOf!),
    );
    this.former = cachedFor(MAX_AGE_MS, async () => {
      const idOf = await this.reader.formerSymbols();
      return { idOf, symbolsOf: Map.groupBy(idOf.keys(), (symbol) => idOf.get(symbol)!) };
    });
    this.troubled = cachedFor(MAX_AGE_MS, () => reader.problems());
    this.inOutage = cachedFor(MAX_AGE_MS, () => reader.inOutage());
    this.bounds = cachedFor(MAX_AGE_MS, async () => new Map((await reader.bounds()).map((b) => [keyOf(b), b])));
  }

  /** Tracked assets that cannot be loaded, and why. */
  async problems(): Promise<AssetProblem[]> {
    return this.troubled();
  }

  /**
   * Why the first source of an asset is not requested now, and what stands in for it, in words; null if it is.
   * @param timeframe if only sources that have bars of this timeframe count
   */
  async sourceOutageOf(assetId: number, timeframe?: StoredTimeframe): Promise<string | null> {
    const asset = (await this.inOutage()).get(assetId);
    if (!asset) return null;
    const { symbol, sources } = asset;
    return sourceOutage(symbol, timeframe === undefined ? sources : sourcesWith(sources, [timeframe]));
  }

  /** All assets, also paused and retired ones, in the order in which they were added. */
  async all(): Promise<AssetRow[]> {
    return [...(await this.assets()).values()];
  }

  /** Tracked assets, in the order in which they were added. */
  async active(): Promise<AssetRow[]> {
    return (await this.all()).filter((asset) => asset.active);
  }

  /** The symbols that an asset had before it was renamed, oldest first. */
  async formerSymbolsOf(assetId: number): Promise<string[]> {
    return (await this.former()).symbolsOf.get(assetId) ?? [];
  }

  /** After a change of an asset: the next caller sees it. */
  forget(): void {
    this.assets.forget();
    this.further.forget();
    this.former.forget();
  }

  /** The symbol of a renamed asset by a former one, as far as it was read already; null if it is no former symbol. */
  currentSymbolOf(symbol: string): string | null {
    return this.renames.get(symbol.toUpperCase()) ?? null;
  }

  /** The asset that had a symbol before it was renamed; undefined if there is none, or another one has the symbol now. */
  async renamed(symbol: string): Promise<AssetRow | undefined> {
    const [assets, former] = await Promise.all([this.assets(), this.former()]);
    const id = assets.has(symbol.toUpperCase()) ? undefined : former.idOf.get(symbol.toUpperCase());
    const asset = id === undefined ? undefined : [...assets.values()].find((one) => one.id === id);
    if (asset) this.renames.set(symbol.toUpperCase(), asset.symbol);
    else this.renames.delete(symbol.toUpperCase());
    return asset;
  }

  /**
   * An asset by its symbol, or a former one, case-insensitive; also one that is no longer tracked, as it keeps its bars.
   * @throws Problem 404 if there is none of that class, with the reason if its row is bad
   */
  async find(assetClass: AssetClass, symbol: string): Promise<AssetRow> {
    const assets = await this.assets();
    const asset = assets.get(symbol.toUpperCase()) ?? (await this.renamed(symbol));
    if (asset?.assetClass === assetClass) return asset;
    const hint = asset
      ? `${asset.symbol} is at /api/${PATHS[asset.assetClass]}/${asset.symbol}.`
      : hintFor(symbol, assets);
    throw unknownSymbol(assetClass === 'stock' ? 'stock' : 'coin', symbol, (await this.badRow(symbol)) ?? hint);
  }

  /**
   * An asset of any class by its symbol, or a former one, case-insensitive.
   * @throws Problem 404 if there is none, with the reason if its row is bad
   */
  async get(symbol: string): Promise<AssetRow> {
    const assets = await this.assets();
    const asset = assets.get(symbol.toUpperCase()) ?? (await this.renamed(symbol));
    if (asset) return asset;
    throw unknownSymbol('asset', symbol, (await this.badRow(symbol)) ?? hintFor(symbol, assets));
  }

  /** The sources of an asset, by rank. */
  async sourcesOf(asset: AssetRow): Promise<AssetRow[]> {
    return byRank(asset, (await this.further()).get(asset.id));
  }

  /**
   * The sources that a request is about, by rank.
   * @param source id of the provider of one source; undefined = those that are served
   * @throws Problem 400 if the asset has no such source
   */
  async requestedSources(asset: AssetRow, source: string | undefined): Promise<AssetRow[]> {
    const sources = await this.sourcesOf(asset);
    if (source === undefined) return served(sources);
    const one = sources.find(({ provider }) => provider === source.toLowerCase());
    if (one) return [one];
    const known = sources.map(({ provider }) => provider).join(', ');
    throw invalidQuery('source', `${asset.symbol} has no source ${source}; its sources: ${known}`);
  }

  /** Tracked assets with the sources that are served, by rank. */
  async activeWithSources(): Promise<AssetWithSources[]> {
    const [active, further] = await Promise.all([this.active(), this.further()]);
    return active.map((asset) => ({ asset, sources: served(byRank(asset, further.get(asset.id))) }));
  }

  /** The series that a live pipeline keeps up to date. */
  async liveSeries(pipeline: LivePipeline): Promise<LiveSeries[]> {
    return liveSeriesOf(pipeline, await this.activeWithSources());
  }

  /** What is wrong with the row of a symbol, and what to do; null if nothing is. */
  private async badRow(symbol: string): Promise<string | null> {
    const found = (await this.problems()).find((one) => one.symbol.toUpperCase() === symbol.toUpperCase());
    return found ? `Its row in the table assets cannot be used: ${found.problem}. Correct the row.` : null;
  }

  /** First and last bar of several series together: those of sources. */
  async boundsOfAll(series: readonly SeriesKey[]): Promise<SeriesBounds | null> {
    const bounds = await this.bounds();
    return series
      .flatMap((one) => bounds.get(keyOf(one)) ?? [])
      .reduce<SeriesBounds | null>((all, one) => (all === null ? one : together(all, one)), null);
  }
}

function together(a: SeriesBounds, b: SeriesBounds): SeriesBounds {
  const { firstTime, firstSession, beginsAt } = b.firstTime < a.firstTime ? b : a;
  const { lastTime, lastSession } = b.lastTime > a.lastTime ? b : a;
  return { ...a, firstTime, firstSession, beginsAt, lastTime, lastSession };
}

function hintFor(symbol: string, assets: ReadonlyMap<string, AssetRow>): string {
  const meant = sameSymbol(symbol, [...assets.keys()]);
  return `${meant === null ? '' : `Did you mean ${assets.get(meant)!.symbol}? `}See /api/assets/list.`;
}

const unknownSymbol = (noun: string, symbol: string, hint: string) =>
  new Problem(404, `Unknown ${noun}: ${symbol}. ${hint}`, { type: 'unknown-symbol' });
