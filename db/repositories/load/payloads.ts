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
export const insertPayload = async (db: Queryable, payload: NewPayload): Promise<number> =>
  (await insertPayloads(db, payload, [payload]))[0]!;

/** What the parts of one response do not share. */
export type PayloadPart = Pick<NewPayload, 'assetId' | 'providerSymbol' | 'url' | 'body' | 'rows'>;

/** Stores the payloads of one response, one for each of its parts, in one statement. @returns their ids, in the order of the parts */
export async function insertPayloads(
  db: Queryable,
  whole: Omit<NewPayload, keyof PayloadPart>,
  parts: readonly PayloadPart[],
): Promise<number[]> {
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms));
  const { rows } = await db.query<{ id: string }>({
    name: 'insert-payloads',
    text: `insert into raw_payloads (provider, kind, timeframe, window_from, window_to, status, content_type, fetched_at, duration_ms,
        workflow_id, run_id, asset_id, provider_symbol, url, sha256, body, body_bytes, rows, exchange, currency)
      select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, part.asset_id, part.provider_symbol, part.url, part.sha256, part.body,
        part.body_bytes, part.rows, a.exchange, a.currency
      from unnest($12::int[], $13::text[], $14::text[], $15::bytea[], $16::bytea[], $17::int[], $18::int[]) with ordinality
        part(asset_id, provider_symbol, url, sha256, body, body_bytes, rows, n)
      left join assets a on a.id = part.asset_id order by part.n returning id`,
    values: [
      whole.provider,
      whole.kind,
      whole.timeframe,
      instant(whole.windowFrom),
      instant(whole.windowTo),
      whole.status,
      whole.contentType,
      whole.fetchedAt,
      whole.durationMs,
      whole.workflowId,
      whole.runId,
      parts.map(({ assetId }) => assetId),
      parts.map(({ providerSymbol }) => providerSymbol),
      parts.map(({ url }) => url),
      parts.map(({ body }) => createHash('sha256').update(body).digest()),
      parts.map(({ body }) => compress(body)),
      parts.map(({ body }) => body.length),
      parts.map(({ rows: count }) => count),
    ],
  });
  return rows.map(({ id }) => Number(id));
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
