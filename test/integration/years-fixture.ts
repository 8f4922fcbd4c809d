import type pg from 'pg';
import { prunePayloads } from '../../activities/prune-payloads.js';
import { transformActivities } from '../../activities/transform.js';
import { applySplits } from '../../db/repositories/load/apply-splits.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { Session } from '../../domain/calendars/calendar.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import type { TestStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import {
  around,
  type Cells,
  ingestPayload,
  ingestWirePayload,
  openTestRun,
  storeWirePayload,
  type WirePayload,
  yahooBody,
} from '../wire-payloads.js';

/**
 * Three simulated years whose payloads were pruned: days with corrections, dividends and a split, and the minutes of the last
 * week. The first year was pruned before the split, the rest after it.
 */

const sessions = calendarOf('XNYS').sessionsBetween(Date.parse('2023-11-20T00:00Z'), Date.parse('2026-11-20T00:00Z'));
/** Sessions of one payload; each overlaps the one before by half. */
const SPAN = 10;
const SPLIT = 400;
/** Before the split, and not loaded until it was applied. */
const LATE = 377;
/** Long after the last close: the market clock of every examination. */
export const END = sessions.at(-1)!.close + 2 * DAY;

const isBefore = (i: number, split: number): boolean => i < split;
/** A close with the fractions of a float32, as providers send it. */
const closeOf = (i: number): number => Math.fround(200 + 20 * Math.sin(i / 9) + (i % 7) / 3);

/** A day at the level of a payload: half the price, and twice the volume, once the provider has restated it. */
function cellsOf(i: number, isRestated: boolean, isCorrected: boolean): Cells {
  const factor = isBefore(i, SPLIT) && !isRestated ? 1 : 2;
  const close = Math.fround((closeOf(i) + (isCorrected ? 1 : 0)) / factor);
  return around(close, (1_000 + i) * factor);
}

class Years {
  constructor(
    private readonly pool: pg.Pool,
    private readonly assetId: number,
  ) {}

  /** Days from one session to before another, as they were fetched after the last of them. */
  #days(
    from: number,
    to: number,
    change: { isCorrected?: boolean; without?: number; after?: number } = {},
  ): WirePayload {
    const { isCorrected = false, without, after = HOUR } = change;
    const isRestated = to > SPLIT;
    const rows = Array.from({ length: to - from }, (_, n) => from + n)
      .filter((i) => i !== without)
      .map((i): [number, Cells] => [sessions[i]!.open, cellsOf(i, isRestated, isCorrected && i % 3 === 0)]);
    const dated = (at: number) => at >= from && at < to;
    const dividends = Object.fromEntries(
      sessions.flatMap(({ open }, i) =>
        i % 63 === 30 && dated(i) ? [[i, { date: open / SECOND, amount: 0.31 + i / 1e4 }]] : [],
      ),
    );
    const splits = dated(SPLIT) ? { a: { date: sessions[SPLIT]!.open / SECOND, numerator: 2, denominator: 1 } } : {};
    return {
      assetId: this.assetId,
      timeframe: '1d',
      window: { from: sessions[from]!.open, to: sessions[to - 1]!.close },
      fetchedAt: sessions[to - 1]!.close + after,
      body: yahooBody('SPY', rows, { dividends, splits }),
    };
  }

  async loadDays(): Promise<void> {
    const half = SPAN / 2;
    for (let to = half; to <= sessions.length; to += half) {
      const from = Math.max(0, to - SPAN);
      if (from <= SPLIT && SPLIT < to) {
        if (to - half <= SPLIT) await this.#applySplit(from, to);
        continue;
      }
      await ingestWirePayload(this.pool, this.#days(from, to, { without: isBefore(to, SPLIT + 1) ? LATE : undefined }));
      if (to % 50 === 0)
        await ingestWirePayload(this.pool, this.#days(from, to, { isCorrected: true, without: LATE, after: 5 * HOUR }));
      if (to === 250) await prunePayloads(this.pool, new Date(sessions[240]!.date), 0);
    }
  }

  /** Brings the stored bars to the level after the split, and then loads a day that was fetched before. */
  async #applySplit(from: number, to: number): Promise<void> {
    await ingestWirePayload(this.pool, this.#days(from, to));
    const payloadId = await storeWirePayload(this.pool, this.#days(from, to, { after: 2 * HOUR }));
    const { transform } = transformActivities({ pool: this.pool, providers: createProviders({}), clockOffsetMs: 0 });
    const [batch] = await transform({ run: { workflowId: 'adjust', runId: RUN_ID }, payloadIds: [payloadId] });
    await applySplits(this.pool, this.assetId, [(batch as { batchId: number }).batchId], RUN_ID);
    await ingestPayload(this.pool, await storeWirePayload(this.pool, this.#days(LATE, LATE + 1)));
  }

  async loadMinutes(): Promise<void> {
    for (const session of sessions.slice(-3)) {
      await ingestWirePayload(this.pool, this.#minutes(session, HOUR, 0));
      await ingestWirePayload(this.pool, this.#minutes(session, 8 * HOUR, 0.25));
    }
  }

  /** Nothing at the seventh minute, high below low at the twentieth. @param moved what every 50th close is corrected by */
  #minutes({ open, close: end }: Session, after: number, moved: number): WirePayload {
    const rows = Array.from({ length: (end - open) / MINUTE }, (_, i): [number, Cells] => {
      const close = 100 + ((i * 7) % 13) / 8 + (i % 50 === 49 ? moved : 0);
      if (i === 7) return [open + i * MINUTE, [null, null, null, null, null]];
      return [
        open + i * MINUTE,
        i === 20 ? [close, close - 2, close, close, 100] : around(close, i % 9 === 0 ? 0 : 100 + i),
      ];
    });
    return {
      ...{ assetId: this.assetId, timeframe: '1m', window: { from: open, to: end }, fetchedAt: end + after },
      body: yahooBody('SPY', rows),
    };
  }
}

/** Loads and prunes everything. Assets without bars are removed, because they only take time. */
export async function buildYears(store: TestStore): Promise<void> {
  const { pool } = store;
  await openTestRun(pool);
  const years = new Years(pool, store.assetId('SPY'));
  await years.loadDays();
  await years.loadMinutes();
  await prunePayloads(pool, new Date(END), 0);
  await pool.query(`delete from assets where symbol <> 'SPY'`);
}
