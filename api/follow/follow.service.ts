import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Answer, LookUpInput } from '../../contracts/look-up.js';
import { changeStatus } from '../../db/repositories/upkeep/asset-changes.js';
import { latestAudits, recordAudit } from '../../db/repositories/upkeep/audit-log.js';
import { claimRequest, endRequest } from '../../db/repositories/upkeep/requests-under-way.js';
import { MINUTE } from '../../domain/timeframe.js';
import { BadInputError } from '../../planning/bad-input.js';
import { findInstruments } from '../../planning/find-instruments.js';
import { changeSource, UnknownSourceError } from '../../planning/change-source.js';
import { follow, followedInWords, type Followed } from '../../planning/follow.js';
import { rename } from '../../planning/rename.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import type { AssetBody } from '../assets/assets.schema.js';
import { AssetsService } from '../assets/assets.service.js';
import type { BackfillBody } from '../backfills/backfills.schema.js';
import { BackfillsService } from '../backfills/backfills.service.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { assertKey, digestOf, keyReused, requestUnderWay } from '../http/idempotency-key.js';
import { invalidBody, Problem, unavailable } from '../http/problem.js';
import { StatusResponse } from '../http/response.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { AssetChange, FollowedBody, FollowRequestBody, SearchBody, SourceChangeBody } from './follow.schema.js';

const REQUESTED = 'asset.request';

/** For how long, and for how many searches, the answers of providers are remembered. */
const SEARCHES = { ttl: 10 * MINUTE, max: 500 };

/** Finds instruments, follows them, and changes the assets that they have become. */
@Injectable()
export class FollowService {
  /** Searches that are under way or were answered. A failure is not remembered. */
  private readonly searches: LRUCache<string, Promise<Answer[]>>;
  /** The last request of each key. */
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly catalog: AssetCatalog,
    private readonly assets: AssetsService,
    private readonly backfills: BackfillsService,
    private readonly temporal: TemporalService,
  ) {
    this.searches = new LRUCache(SEARCHES);
  }

  async search(text: string): Promise<SearchBody> {
    const wanted = text.replace(/\s+/g, ' ');
    const { found, providers } = await findInstruments(this.pool, (input) => this.remembered(input), wanted);
    return { results: found, providers };
  }

  /**
   * Follows what can be followed, and starts a backfill of it.
   * @param key Idempotency-Key: requests with the same key start only one backfill
   * @throws Problem 409 if another process is handling a request with the key, 422 if nothing can be followed or the key was
   * used for a different request, 503 if no provider answered
   */
  async follow({ reason = '', ...request }: FollowRequestBody, key: string | undefined): Promise<StatusResponse> {
    assertKey(key);
    if (key === undefined) return this.followNow(request, reason, undefined);
    const subject = `request-${digestOf(key)}`;
    return this.alone(subject, async () => {
      const earlier = (await latestAudits(this.pool, REQUESTED, [subject])).get(subject)?.details;
      if (earlier && !isDeepStrictEqual(earlier.request, request)) throw keyReused();
      const workflowId = earlier ? ((earlier.workflowId ?? null) as string | null) : undefined;
      const response = await this.followNow(request, reason, workflowId);
      const { backfill } = response.body as FollowedBody;
      const details = { request, workflowId: backfill?.workflowId };
      if (!earlier) await recordAudit(this.pool, { actor: 'admin', action: REQUESTED, subject, reason, details });
      return response;
    });
  }

  /** One after the other for the same subject in this process, and not while another process works on it. */
  private async alone<T>(subject: string, work: () => Promise<T>): Promise<T> {
    return this.inOrder(subject, async () => {
      const claim = await claimRequest(this.pool, subject);
      if (claim === null) throw requestUnderWay();
      try {
        return await work();
      } finally {
        await endRequest(this.pool, subject, claim);
      }
    });
  }

  /**
   * One after the other for the same subject. No transaction or lock of the database is held meanwhile: providers are asked,
   * which takes a while, and every waiting request would hold a connection.
   */
  private async inOrder<T>(subject: string, work: () => Promise<T>): Promise<T> {
    const own = (this.underWay.get(subject) ?? Promise.resolve()).then(work, work);
    this.underWay.set(subject, own);
    try {
      return await own;
    } finally {
      if (this.underWay.get(subject) === own) this.underWay.delete(subject);
    }
  }

  /** @param earlier workflow id of the backfill that the same request started before, null if it started none */
  private async followNow(
    request: Omit<FollowRequestBody, 'reason'>,
    reason: string,
    earlier: string | null | undefined,
  ): Promise<StatusResponse> {
    const lookUp = (input: LookUpInput) => this.temporal.lookUp(input);
    const followed = await follow(this.pool, lookUp, request, { actor: 'admin', reason });
    this.catalog.forget();
    if (followed.every(({ outcome }) => outcome === 'unanswered'))
      throw unavailable(followed.map(followedInWords).join('; '));
    if (!followed.some((one) => 'asset' in one)) throw notFollowable(followed, request.symbols);
    const due = followed.flatMap((one) =>
      one.outcome === 'added' || one.outcome === 'resumed' ? [one.asset.symbol] : [],
    );
    const backfill = earlier ? await this.backfills.detail(earlier) : await this.startBackfill(due, reason);
    const results = await Promise.all(followed.map(async (one) => this.body(one)));
    const Location = backfill && `/api/pipeline/backfills/${encodeURIComponent(backfill.workflowId)}`;
    const body: FollowedBody = { results, backfill };
    return new StatusResponse(backfill ? 202 : 200, body, Location ? { Location } : {});
  }

  /** @returns null if there is nothing to fetch, or Temporal is away: the next runs then fetch what is missing */
  private async startBackfill(symbols: string[], reason: string): Promise<BackfillBody | null> {
    if (symbols.length === 0) return null;
    try {
      const request = { symbols, ...(reason && { reason }) };
      return (await this.backfills.start(request, undefined)).body as BackfillBody;
    } catch (error) {
      if (error instanceof Problem && error.status === 503) return null;
      throw error;
    }
  }

  /**
   * Changes the status or the symbol of an asset.
   * @throws Problem 400 without a change, 404 for an unknown asset, 409 if it cannot be renamed like that, 503 if its
   * provider could not be asked
   */
  async change(symbol: string, { status, symbol: to, reason = '' }: AssetChange): Promise<AssetBody> {
    if ((status === undefined) === (to === undefined)) throw invalidBody('body', 'must have either status or symbol');
    const asset = await this.catalog.get(symbol);
    const by = { actor: 'admin' as const, reason };
    if (status !== undefined) {
      const changed = await changeStatus(this.pool, asset, status, by);
      if (changed && status === 'active') await this.startBackfill([asset.symbol], reason);
    }
    if (to !== undefined) await this.rename(asset, to, by);
    return this.described(asset.id);
  }

  /**
   * Changes one source of an asset.
   * @throws Problem 400 without a change, 404 for an unknown asset or source, 409 if it cannot be changed like that, 503 if
   * its provider could not be asked about a new symbol
   */
  async changeSource(symbol: string, provider: string, body: SourceChangeBody): Promise<AssetBody> {
    const { reason = '', ...change } = body;
    if (Object.keys(change).length === 0)
      throw invalidBody('body', 'must have at least one of rank, role, status and providerSymbol');
    const asset = await this.catalog.get(symbol);
    const lookUp = (input: LookUpInput) => this.temporal.lookUp(input);
    const by = { actor: 'admin' as const, reason };
    const { isDue } = await changeSource(this.pool, lookUp, asset, provider, change, by).catch(toSourceProblem);
    if (isDue && asset.active) await this.startBackfill([asset.symbol], reason);
    return this.described(asset.id);
  }

  /** An asset after a change. */
  private async described(id: number): Promise<AssetBody> {
    this.catalog.forget();
    return this.assets.describe((await this.catalog.all()).find((one) => one.id === id)!);
  }

  private async rename(...[asset, to, by]: [Parameters<typeof rename>[2], string, Parameters<typeof rename>[4]]) {
    try {
      await rename(this.pool, (input) => this.temporal.lookUp(input), asset, to, by);
    } catch (error) {
      if (!(error instanceof BadInputError)) throw error;
      throw new Problem(409, `${asset.symbol} cannot be renamed: ${error.message}.`, { type: 'not-renamable' });
    }
  }

  private async body(followed: Followed): Promise<FollowedBody['results'][number]> {
    const { asked, outcome } = followed;
    return {
      ...{ asked, outcome, message: followedInWords(followed) },
      asset: 'asset' in followed ? await this.assets.describe(followed.asset) : null,
      instead: followed.outcome === 'refused' ? followed.instead : [],
    };
  }

  private async remembered(input: LookUpInput): Promise<Answer[]> {
    const key = JSON.stringify(input).toLowerCase();
    const asked = this.searches.get(key) ?? this.temporal.lookUp(input);
    this.searches.set(key, asked);
    const forget = () => void this.searches.delete(key);
    asked.then((answers) => answers.some(({ failure }) => failure !== null) && forget(), forget);
    return asked;
  }

  private get pool() {
    return this.deps.database.pool;
  }
}

function toSourceProblem(error: unknown): never {
  if (error instanceof UnknownSourceError) throw new Problem(404, `${error.message}.`, { type: 'unknown-source' });
  if (!(error instanceof BadInputError)) throw error;
  throw new Problem(409, `The source cannot be changed like that: ${error.message}.`, { type: 'source-conflict' });
}

function notFollowable(followed: Followed[], symbols: readonly string[]): Problem {
  const errors = followed.map((one) => ({
    parameter: `symbols.${symbols.indexOf(one.asked)}`,
    in: 'body' as const,
    detail: followedInWords(one),
  }));
  const detail = errors.map((error) => `${error.detail}.`).join(' ');
  return new Problem(422, detail, { type: 'not-followable', errors });
}
