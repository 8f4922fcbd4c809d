import { Inject, Injectable } from '@nestjs/common';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import {
  LineageReader,
  type CurrentVersion,
  type PayloadRef,
  type RescalingSplit,
  type Revision,
  type RunRef,
  type SessionRow,
  type Version,
  type Warning,
} from '../../db/repositories/read/lineage-reader.js';
import { readBarPayloads } from '../../db/repositories/load/payloads.js';
import { RejectedBars, type RejectedBar } from '../../db/repositories/read/rejected-bars.js';
import { NEIGHBOUR_RULES } from '../../domain/rules/neighbour-rules.js';
import { rowsOfBar, type SentRow } from '../../providers/readers.js';
import { headOf } from '../assets/asset-head.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { isoSeconds } from '../http/time.js';
import { rejectedBody } from '../quarantine/rejected-body.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { LineageBody, PayloadBody } from './lineage.schema.js';
import { opensAt, type Place, placeAt, stateOf } from './place.js';

/** What the database knows of one bar, or of its place. */
interface KnownBar {
  bar: CurrentVersion | null;
  revisions: Revision[];
  /** Of its session. */
  row: SessionRow | null;
  /** Of its series, epoch ms. */
  firstBar: number | null;
  /** The newest that was asked for it. */
  newestPayload: number | null;
  rejections: RejectedBar[];
  warnings: Warning[];
}

/** Where one bar came from. */
@Injectable()
export class LineageService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly reader: LineageReader,
    private readonly rejected: RejectedBars,
    private readonly temporal: TemporalService,
    @Inject(DEPS) private readonly deps: ApiDeps,
  ) {}

  /** @throws Problem 404 where the asset has no such series, 400 where no bar opens at that time */
  async lineage(symbol: string, timeframe: string, time: string): Promise<LineageBody> {
    const asset = await this.catalog.get(symbol);
    const place = placeAt(asset, timeframe, time);
    const known = await this.read(asset, place);
    const { bar, revisions, rejections, warnings } = known;
    const versions = [...revisions, ...(bar ? [bar] : [])];
    const answered = bar?.payloadId ?? known.newestPayload;
    const ids = versions.map(({ payloadId }) => payloadId);
    const [payloads, runs, rescaledBy, rows] = await Promise.all([
      this.reader.payloads([...ids, ...revisions.map((one) => one.replacedByPayload), ...(answered ? [answered] : [])]),
      this.reader.runs(versions),
      bar ? this.reader.rescaledBy(asset.id, bar.fetchedAt) : [],
      answered === null ? null : this.rowsAsSent(asset, place, answered),
    ]);
    const versionBody = versionWith(payloads, runs, (run) => this.temporal.runUrl(run.workflowId, run.runId));
    const answer = answered === null ? undefined : payloads.get(answered);
    return {
      ...headOf(asset),
      timeframe: place.timeframe,
      time: isoSeconds(place.time),
      session: place.session.date,
      slot: this.slotBody(place, known),
      bar: bar && {
        ...versionBody(bar),
        sma20: bar.sma20,
        sma50: bar.sma50,
        barReturn: bar.barReturn,
        dailyReturn: bar.dailyReturn,
      },
      answer: answer ? { payload: payloadBody(answer), rows } : null,
      revisions: revisions.map((one) => ({
        ...versionBody(one),
        replacedAt: one.replacedAt.toISOString(),
        replacedBy: payloadOf(payloads, one.replacedByPayload),
      })),
      rejections: rejections.map(rejectedBody),
      warnings: warnings.map(warningBody),
      rescaledBy: rescaledBy.filter((split) => split.session > place.session.date).map(splitBody),
    };
  }

  private slotBody(place: Place, { bar, row, firstBar, rejections }: KnownBar): LineageBody['slot'] {
    const isRejected = rejections.some(({ state }) => state === 'open');
    return {
      state: stateOf(place, { isStored: bar !== null, row, firstBar, isRejected }, marketNow(this.deps)),
      attempts: row?.attempts ?? 0,
      nextAttemptAt: row?.nextAttemptAt?.toISOString() ?? null,
      verifiedAt: row?.verifiedAt?.toISOString() ?? null,
    };
  }

  private async read(asset: AssetRow, place: Place): Promise<KnownBar> {
    const key = { assetId: asset.id, timeframe: place.timeframe, time: place.time };
    const [bar, revisions, row, firstBar, newestPayload, rejections, warnings] = await Promise.all([
      this.reader.bar(key),
      this.reader.revisions(key),
      this.reader.session(key, place.session.date),
      this.reader.firstBar(key),
      this.reader.newestPayload(key, opensAt(place)),
      this.rejected.ofBar(key, place.time),
      this.reader.warnings(key),
    ]);
    return { bar, revisions, row, firstBar, newestPayload, rejections, warnings };
  }

  /** The provider's rows for a bar; null where the body is not kept, or can't be read. */
  private async rowsAsSent(asset: AssetRow, { timeframe, time }: Place, payloadId: number): Promise<SentRow[] | null> {
    const [payload] = await readBarPayloads(this.deps.database.pool, [payloadId]);
    if (!payload) return null;
    const window = { from: payload.windowFrom, to: payload.windowTo };
    return rowsOfBar(asset.provider, payload.body, { providerSymbol: asset.providerSymbol, timeframe, window }, time);
  }
}

/** What every version of a bar says of itself. */
const versionWith =
  (payloads: ReadonlyMap<number, PayloadRef>, runs: ReadonlyMap<string, RunRef>, urlOf: (run: RunRef) => string) =>
  ({ open, high, low, close, volume, recordedAt, payloadId, runId }: Version) => {
    const run = runs.get(runId);
    return {
      open,
      high,
      low,
      close,
      volume,
      recordedAt: recordedAt.toISOString(),
      payload: payloadOf(payloads, payloadId),
      run: run ? { ...run, temporalUrl: urlOf(run) } : null,
    };
  };

function payloadOf(payloads: ReadonlyMap<number, PayloadRef>, id: number): PayloadBody | null {
  const payload = payloads.get(id);
  return payload ? payloadBody(payload) : null;
}

const payloadBody = ({ fetchedAt, ...payload }: PayloadRef): PayloadBody => ({
  ...payload,
  fetchedAt: fetchedAt.toISOString(),
});

const warningBody = ({ rule, details, createdAt }: Warning): LineageBody['warnings'][number] => ({
  rule,
  doc: NEIGHBOUR_RULES.find(({ id }) => id === rule)?.doc ?? null,
  details,
  since: createdAt.toISOString(),
});

const splitBody = ({ levelSince, appliedAt, ...split }: RescalingSplit): LineageBody['rescaledBy'][number] => ({
  ...split,
  levelSince: levelSince.toISOString(),
  appliedAt: appliedAt.toISOString(),
});
