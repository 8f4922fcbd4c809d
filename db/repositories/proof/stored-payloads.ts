import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { SeriesKey } from '../../../domain/bar.js';
import { decodeFull } from '../../binary-array.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { LOADED_BATCHES_DIGEST, PAYLOAD_ROW_DIGEST } from './payload-digests.js';

/** The row of a payload, without its body. */
export interface PayloadRow {
  id: number;
  /** Epoch ms with microseconds as a fraction, wall clock. */
  fetchedAt: number;
  /** Its body is kept. */
  isKept: boolean;
  sha256: string;
  bodyBytes: number;
  url: string;
  status: number;
  rows: number;
  /** Null in the rows of quotes, and what only a change by SQL leaves empty. */
  providerSymbol: string | null;
  exchange: CalendarId | null;
  windowFrom: number;
  windowTo: number;
  /** The row is as it was inserted. */
  isUnchanged: boolean;
  /** Digests of the row and of its loaded batches, hex, if the body was pruned. */
  rowDigest: string | null;
  batchesDigest: string | null;
}

type Raw = Omit<PayloadRow, 'id' | 'fetchedAt'> & { id: string; fetched: Buffer };

const COLUMNS = `p.id, array_send(array[p.fetched_at]) as fetched, p.body is not null as "isKept", encode(p.sha256, 'hex') as sha256,
  p.body_bytes as "bodyBytes", p.url, p.status, p.rows, p.provider_symbol as "providerSymbol", p.exchange,
  ${epochMs('p.window_from')} as "windowFrom", ${epochMs('p.window_to')} as "windowTo",
  p.row_digest = payload_row_digest(p) as "isUnchanged",
  case when p.body is null then ${PAYLOAD_ROW_DIGEST} end as "rowDigest",
  case when p.body is null then ${LOADED_BATCHES_DIGEST} end as "batchesDigest"`;

const rowOf = ({ id, fetched, ...row }: Raw): PayloadRow => ({
  ...row,
  id: Number(id),
  fetchedAt: decodeFull('timestamptz', fetched)[0]!,
});

/** All payloads of a series, in the order in which they were fetched. */
export async function readPayloadRows(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<PayloadRow[]> {
  const { rows } = await db.query<Raw>(
    `select ${COLUMNS} from raw_payloads p where p.asset_id = $1 and p.timeframe = $2 and p.kind = 'bars' order by p.fetched_at, p.sha256`,
    [assetId, timeframe],
  );
  return rows.map(rowOf);
}

/** Payloads that belong to no series: those of quotes, and what only a change by SQL can leave. Oldest first. */
export async function readPayloadsWithoutSeries(db: Queryable): Promise<PayloadRow[]> {
  const { rows } = await db.query<Raw>(
    `select ${COLUMNS} from raw_payloads p
    where p.asset_id is null or p.timeframe is null or p.kind <> 'bars' or not exists (select 1 from assets a where a.id = p.asset_id)
    order by p.fetched_at, p.sha256`,
  );
  return rows.map(rowOf);
}

/** What a batch made of its payload: one per payload and code version. */
export interface BatchRow {
  payloadId: number;
  codeVersion: string;
  state: 'ready' | 'loaded' | 'held' | 'shifted';
  /** Opens of its bars, epoch ms, ascending; none if it was emptied when its payload was pruned. */
  times: number[];
  beginsAt: number | null;
  rowsExtracted: number;
  rowsRejected: number;
  rowsIgnored: Record<string, number>;
  /** Null until it is loaded. */
  inserted: number | null;
  updated: number | null;
  unchanged: number | null;
  /** Hash, series and fetch time are those of its payload, and it was loaded after the fetch. */
  fitsPayload: boolean;
}

/** The batches of a series, by payload and then by age. */
export async function readBatchRows(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<BatchRow[]> {
  const { rows } = await db.query<Omit<BatchRow, 'payloadId' | 'times'> & { payloadId: string; times: Buffer }>(
    `select b.payload_id as "payloadId", b.code_version as "codeVersion", b.state, array_send(b.times) as times,
      ${epochMs('b.begins_at')} as "beginsAt", b.rows_extracted as "rowsExtracted", b.rows_rejected as "rowsRejected",
      b.rows_ignored as "rowsIgnored", b.rows_inserted as inserted, b.rows_updated as updated, b.rows_unchanged as unchanged,
      (b.sha256, b.asset_id, b.timeframe, b.fetched_at) is not distinct from (p.sha256, p.asset_id, p.timeframe, p.fetched_at)
        and (b.loaded_at is null or b.loaded_at >= b.fetched_at) as "fitsPayload"
    from batches b left join raw_payloads p on p.id = b.payload_id where b.asset_id = $1 and b.timeframe = $2 order by b.payload_id, b.id`,
    [assetId, timeframe],
  );
  return rows.map(({ payloadId, times, ...row }) => ({
    ...row,
    payloadId: Number(payloadId),
    times: decodeFull('timestamptz', times),
  }));
}

/** A row that broke a rule, as it was recorded. */
export interface RejectedRow {
  payloadId: number;
  row: number;
  /** Epoch ms; null if the provider's stamp is no instant. */
  time: number | null;
  rule: string;
  raw: Record<string, unknown>;
  state: 'open' | 'dismissed' | 'released' | 'stored';
  /** It needs no decision, or the audit log has the operator's decision. */
  isAudited: boolean;
}

export async function readRejectedRows(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<RejectedRow[]> {
  const { rows } = await db.query<Omit<RejectedRow, 'payloadId'> & { payloadId: string }>(
    `select payload_id as "payloadId", row, ${epochMs('time')} as time, rule, raw, state,
      state in ('open', 'stored') or exists (select 1 from audit_log l where l.subject = 'rejected_bar:' || r.id) as "isAudited"
    from rejected_rows r where asset_id = $1 and timeframe = $2 order by payload_id, row`,
    [assetId, timeframe],
  );
  return rows.map((row) => ({ ...row, payloadId: Number(row.payloadId) }));
}
