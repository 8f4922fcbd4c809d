import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { ProviderId } from '../../../config/catalog/providers.js';
import type { ReleasedRow } from '../../../domain/rules/released-rows.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';

// synchronous: a payload takes a fraction of a millisecond, the thread pool several times that (measured)
const compress = (body: Buffer): Buffer => zstdCompressSync(body);

/** A body that is damaged counts as empty: parsing refuses it, which concerns its payload alone. */
function decompress(body: Buffer): Buffer {
  try {
    return zstdDecompressSync(body);
  } catch {
    return Buffer.alloc(0);
  }
}

export interface NewPayload {
  provider: ProviderId;
  kind: 'bars' | 'quotes';
  assetId: number | null;
  timeframe: StoredTimeframe | null;
  /** As requested; null for quotes. Exchange and currency are those of the asset's row by now. */
  providerSymbol: string | null;
  /** Epoch ms, market clock. */
  windowFrom: number | null;
  windowTo: number | null;
  url: string;
  status: number;
  contentType: string | null;
  body: Buffer;
  rows: number;
  /** `takenAt` of the permit: PostgreSQL's text form, exact to the microsecond. */
  fetchedAt: string;
  durationMs: number;
  workflowId: string;
  runId: string;
}

/** A payload with what transform needs to know about its asset: as it was when the payload was requested. */
export interface PayloadOfAsset {
  id: number;
  provider: ProviderId;
  assetId: number;
  /** Our own name for the asset, as it is now. */
  symbol: string;
  providerSymbol: string;
  currency: string;
  exchange: CalendarId;
  timeframe: StoredTimeframe;
  windowFrom: number;
  windowTo: number;
  fetchedAt: number;
  body: Buffer;
  /** Its rejected rows that an operator has released. */
  released: ReleasedRow[];
}

/** Stores a payload as received. @returns its id */
export async function insertPayload(db: Queryable, payload: NewPayload): Promise<number> {
  const sha256 = createHash('sha256').update(payload.body).digest();
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms));
  const { rows } = await db.query<{ id: string }>({
    name: 'insert-payload',
    text: `insert into raw_payloads (provider, kind, asset_id, timeframe, window_from, window_to, url, status, content_type,
        sha256, body, body_bytes, rows, fetched_at, duration_ms, workflow_id, run_id, provider_symbol, exchange, currency)
      select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, a.exchange, a.currency
      from (values ($3::int)) requested(asset_id) left join assets a on a.id = requested.asset_id returning id`,
    values: [
      payload.provider,
      payload.kind,
      payload.assetId,
      payload.timeframe,
      instant(payload.windowFrom),
      instant(payload.windowTo),
      payload.url,
      payload.status,
      payload.contentType,
      sha256,
      compress(payload.body),
      payload.body.length,
      payload.rows,
      payload.fetchedAt,
      payload.durationMs,
      payload.workflowId,
      payload.runId,
      payload.providerSymbol,
    ],
  });
  return Number(rows[0]!.id);
}

/** Whether a body is the one that was received. */
export const isBodyOf = ({ sha256, bodyBytes }: { sha256: string; bodyBytes: number }, body: Buffer): boolean =>
  body.length === bodyBytes && createHash('sha256').update(body).digest('hex') === sha256;

/** Payloads of bars, in the order of their ids; those that do not exist or have lost their body are missing. */
export async function readBarPayloads(db: Queryable, ids: number[]): Promise<PayloadOfAsset[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<
    Omit<PayloadOfAsset, 'id' | 'windowFrom' | 'windowTo' | 'fetchedAt'> & {
      id: string;
      windowFrom: Date | null;
      windowTo: Date | null;
      fetchedAt: Date;
    }
  >({
    name: 'read-bar-payloads',
    text: `select p.id, p.provider, p.asset_id as "assetId", a.symbol, p.provider_symbol as "providerSymbol", p.currency, p.exchange,
        p.timeframe, p.window_from as "windowFrom", p.window_to as "windowTo", p.fetched_at as "fetchedAt", p.body,
        (select coalesce(json_agg(json_build_object('row', r.row, 'rule', r.rule)), '[]') from rejected_bars r
          where r.payload_id = p.id and r.state = 'released') as released
      from raw_payloads p join assets a on a.id = p.asset_id
      where p.id = any($1::bigint[]) and p.kind = 'bars' and p.body is not null order by p.id`,
    values: [ids],
  });
  return rows.map((row) => ({
    ...row,
    id: Number(row.id),
    // every request has a window: only a change by SQL leaves none, and concerns this payload alone
    windowFrom: row.windowFrom?.getTime() ?? Number.NaN,
    windowTo: row.windowTo?.getTime() ?? Number.NaN,
    fetchedAt: row.fetchedAt.getTime(),
    body: decompress(row.body),
  }));
}

/** A payload of quotes; null if its body was deleted. */
export async function readQuotesPayload(
  db: Queryable,
  id: number,
): Promise<{ body: Buffer; fetchedAt: Date; provider: ProviderId } | null> {
  const { rows } = await db.query<{ body: Buffer; fetchedAt: Date; provider: ProviderId }>(
    `select body, fetched_at as "fetchedAt", provider from raw_payloads where id = $1 and kind = 'quotes' and body is not null`,
    [id],
  );
  return rows[0] ? { ...rows[0], body: decompress(rows[0].body) } : null;
}
