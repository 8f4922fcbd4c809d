import { Inject, Injectable } from '@nestjs/common';
import { timeframesOf } from '../../config/catalog/kinds-of-providers.js';
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
import { type Cells, STAND_IN_CELLS, type StandInCell, standInOf } from '../../domain/rules/released-rows.js';
import { rowsOfBar, type SentRow } from '../../providers/payload-readers.js';
import { headOf } from '../assets/asset-head.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { isoSeconds } from '../http/time.js';
import { rejectedBody } from '../quarantine/rejected-body.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { LineageBody, PayloadBody } from './lineage.schema.js';
import { type BarSlot, opensAt, slotAt, type SlotRecord, slotStateOf } from './bar-slot.js';

/** What the database has for one bar, or for its slot. */
interface BarRecord {
  bar: CurrentVersion | null;
  revisions: Revision[];
  /** Coverage of its session. */
  row: SessionRow | null;
  /** Open of the first bar of its series, and the end of one that is imported, epoch ms. */
  extent: SlotRecord['extent'];
  /** Id of the latest payload that covers its slot. */
  newestPayload: number | null;
  rejections: RejectedBar[];
  warnings: Warning[];
}

/** Lineage of single bars. */
@Injectable()
export class LineageService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly reader: LineageReader,
    private readonly rejected: RejectedBars,
    private readonly temporal: TemporalService,
    @Inject(DEPS) private readonly deps: ApiDeps,
  ) {}

  /** @throws Problem 404 if the asset has no such series, 400 if no bar opens at this time */
  async lineage(symbol: string, timeframe: string, time: string, source?: string): Promise<LineageBody> {
    const sources = await this.catalog.requestedSources(await this.catalog.get(symbol), source);
    const { asset, slot, record } = await this.served(sources, timeframe, time);
    const { bar, revisions, rejections, warnings } = record;
    const versions = [...revisions, ...(bar ? [bar] : [])];
    const payloadId = bar?.payloadId ?? record.newestPayload;
    const ids = versions.flatMap(({ payloadId, openPayloadId }) => [payloadId, openPayloadId ?? payloadId]);
    const [payloads, runs, rescaledBy, rows] = await Promise.all([
      this.reader.payloads([
        ...ids,
        ...revisions.map((one) => one.replacedByPayload),
        ...(payloadId ? [payloadId] : []),
      ]),
      this.reader.runs(versions),
      bar ? this.reader.rescaledBy(asset.id, bar.fetchedAt) : [],
      payloadId === null ? null : this.rowsAsSent(slot, payloadId),
    ]);
    const versionBody = versionWith(payloads, runs, (run) => this.temporal.runUrl(run.workflowId, run.runId));
    const payload = payloadId === null ? undefined : payloads.get(payloadId);
    return {
      ...headOf(asset),
      source: asset.provider,
      timeframe: slot.timeframe,
      time: isoSeconds(slot.time),
      session: slot.session.date,
      slot: this.slotBody(slot, record),
      bar: bar && {
        ...versionBody(bar),
        standIns: standInsOf(bar, rejections),
        sma20: bar.sma20,
        sma50: bar.sma50,
        barReturn: bar.barReturn,
        dailyReturn: bar.dailyReturn,
      },
      answer: payload ? { payload: payloadBody(payload), quotedIn: asset.quotedIn, rows } : null,
      revisions: revisions.map((one) => ({
        ...versionBody(one),
        replacedAt: one.replacedAt.toISOString(),
        replacedBy: payloadOf(payloads, one.replacedByPayload),
      })),
      rejections: rejections.map(rejectedBody),
      warnings: warnings.map(warningBody),
      rescaledBy: rescaledBy.filter((split) => split.session > slot.session.date).map(splitBody),
    };
  }

  /** Of the sources that store the timeframe, the first one that has the bar; if none has, the first one. */
  private async served(sources: readonly AssetRow[], timeframe: string, time: string) {
    const storing = sources.filter((source) => (timeframesOf(source) as string[]).includes(timeframe));
    const found = [];
    for (const asset of storing.length > 0 ? storing : sources.slice(0, 1)) {
      const slot = slotAt(asset, timeframe, time);
      found.push({ asset, slot, record: await this.read(asset, slot) });
      if (found.at(-1)!.record.bar) break;
    }
    return found.find(({ record }) => record.bar !== null) ?? found[0]!;
  }

  private slotBody(slot: BarSlot, { bar, row, extent, rejections }: BarRecord): LineageBody['slot'] {
    const isRejected = rejections.some(({ state }) => state === 'open');
    return {
      state: slotStateOf(slot, { isStored: bar !== null, row, extent, isRejected }, marketNow(this.deps)),
      attempts: row?.attempts ?? 0,
      nextAttemptAt: row?.nextAttemptAt?.toISOString() ?? null,
      verifiedAt: row?.verifiedAt?.toISOString() ?? null,
    };
  }

  private async read(asset: AssetRow, slot: BarSlot): Promise<BarRecord> {
    const key = { assetId: asset.id, timeframe: slot.timeframe, time: slot.time };
    const [bar, revisions, row, extent, newestPayload, rejections, warnings] = await Promise.all([
      this.reader.bar(key),
      this.reader.revisions(key),
      this.reader.session(key, slot.session.date),
      this.reader.extent(key),
      this.reader.newestPayload(key, opensAt(slot)),
      this.rejected.ofBar(key, slot.time),
      this.reader.warnings(key),
    ]);
    return { bar, revisions, row, extent, newestPayload, rejections, warnings };
  }

  /** The provider's rows for a bar; null if the body is no longer stored or cannot be parsed. */
  private async rowsAsSent({ timeframe, time }: BarSlot, payloadId: number): Promise<SentRow[] | null> {
    const [payload] = await readBarPayloads(this.deps.database.pool, [payloadId]);
    if (!payload) return null;
    const window = { from: payload.windowFrom, to: payload.windowTo };
    const now = payload.fetchedAt + this.deps.clockOffsetMs;
    return rowsOfBar(
      payload.provider,
      payload.body,
      { providerSymbol: payload.providerSymbol, exchange: payload.exchange, timeframe, window, now },
      time,
    );
  }
}

/** The cells of a bar that have a stand-in: rows of its payload that were stored or released in spite of a broken rule. */
function standInsOf({ payloadId, openPayloadId }: Version, rejections: readonly RejectedBar[]): StandInCell[] {
  const cells = rejections
    .filter(({ payload, state }) => payload.id === payloadId && (state === 'stored' || state === 'released'))
    .map(({ rule, raw }) => standInOf(rule, raw as unknown as Cells)?.cell);
  return STAND_IN_CELLS.filter((cell) => cells.includes(cell) && !(cell === 'open' && openPayloadId !== null));
}

/** The fields that every version of a bar has. */
const versionWith =
  (payloads: ReadonlyMap<number, PayloadRef>, runs: ReadonlyMap<string, RunRef>, urlOf: (run: RunRef) => string) =>
  ({ open, high, low, close, volume, recordedAt, payloadId, openPayloadId, runId }: Version) => {
    const run = runs.get(runId);
    return {
      open,
      high,
      low,
      close,
      volume,
      recordedAt: recordedAt.toISOString(),
      payload: payloadOf(payloads, payloadId),
      openFrom: openPayloadId === null ? null : payloadOf(payloads, openPayloadId),
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
  levelSince: levelSince?.toISOString() ?? null,
  appliedAt: appliedAt.toISOString(),
});
