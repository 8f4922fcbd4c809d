import { hash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type pg from 'pg';
import type { SeriesKey } from '../../../domain/bar.js';
import type { RawQuote } from '../../../domain/transform/raw-bars.js';
import { decodeFull } from '../../binary-array.js';
import type { Queryable } from '../../client.js';
import type { NewAction } from '../load/write-batch.js';

/** What is kept of a payload for ever, once its body is pruned: enough to check everything that it led to. */

/** Payloads of one kind: of a series, or those of quotes, which belong to none. */
export type PayloadSeries = SeriesKey | { assetId: null; timeframe: null };

export interface PayloadFacts {
  /** Digest of the payload's row, hex. */
  row: string;
  /** Digest of the rows of its loaded batches, hex; null if none was loaded. */
  batches: string | null;
  /** Null if it was never transformed. */
  gave: GivenFacts | null;
}

/** What transform made of a payload. */
export interface GivenFacts {
  /** Open of its first bar, epoch ms. */
  firstTime: number | null;
  bars: GivenBars;
  coverage: GivenCoverage;
  /** A digest of each row that broke a rule, base64. */
  rejected: string;
  /** The splits and dividends that it is the source of, and those that were not stored when it was pruned. */
  actions: GivenAction[];
  /** The live prices that it is the source of. */
  quotes: GivenQuote[];
}

/** The bars that it is the source of, in any version, and those that were not stored when it was pruned. */
export interface GivenBars {
  /** Opens, epoch ms, ascending. */
  times: number[];
  /** A digest of the values of each, as given, base64. */
  digests: string;
  /**
   * Position in `times`, open, high, low, close and volume of the bars that were not stored as given: a split had divided them
   * before they were loaded. Of all others a version with the given values is stored.
   */
  values: [at: number, ...values: (number | null)[]][];
}

export interface GivenCoverage {
  /** First and last of successive sessions in which each final slot has a bar. */
  full: [from: string, to: string][];
  /** The other sessions, with the bitmaps of slots that have a bar, and that are shown to be empty. */
  other: [session: string, filled: string, empty: string][];
}

export interface GivenAction extends NewAction {
  /** As stored when the payload was pruned, epoch ms; null if it was not the source. */
  stored: { firstSeenAt: number; appliedAt: number | null } | null;
}

/** Without a symbol it is that of the payload's asset. */
export type GivenQuote = Omit<RawQuote, 'providerSymbol'> & { providerSymbol: string | null };

/** 64 bits: no flipped bit goes unnoticed, and no two rows of a store collide. */
export const DIGEST_BYTES = 8;
const shortDigest = (...parts: Uint8Array[]): Buffer =>
  hash('sha256', Buffer.concat(parts), 'buffer').subarray(0, DIGEST_BYTES);

/** The digest of a bar. @param values open, high, low, close and volume */
export function digestOfBar(
  { assetId, timeframe }: SeriesKey,
  time: number,
  values: readonly (number | null)[],
): Buffer {
  // binary, because -0 and 0 are the same number as text; NaN stands for an unknown volume
  const numbers = Float64Array.from([assetId, time, ...values.map((value) => value ?? Number.NaN)]);
  return shortDigest(Buffer.from(timeframe), new Uint8Array(numbers.buffer));
}

/** The digest of a rejected row. */
export function digestOfRejected(row: {
  row: number;
  rule: string;
  time: number | null;
  raw: Record<string, unknown>;
}): Buffer {
  const raw = Object.entries(row.raw).sort(([a], [b]) => (a < b ? -1 : 1));
  return shortDigest(Buffer.from(JSON.stringify([row.row, row.rule, row.time, raw])));
}

/** The digests in a text of GivenFacts, each as hex. */
export function digestsIn(text: string): string[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: bytes.length / DIGEST_BYTES }, (_, i) =>
    bytes.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES).toString('hex'),
  );
}

const firstBytes = (digest: string) => `encode(substring(${digest} for ${DIGEST_BYTES}), 'hex')`;
/** Digests of the row of a payload `p`, and of its loaded batches, in SQL. */
export const PAYLOAD_ROW_DIGEST = firstBytes('p.row_digest');
export const LOADED_BATCHES_DIGEST = firstBytes(`(
  select sha256(string_agg(batch_row_digest(b), ''::bytea order by b.id)) from batches b where b.payload_id = p.id and b.state = 'loaded')`);

/** Lets one transaction at a time append to the chain. */
export const lockChain = (tx: pg.PoolClient) => tx.query(`select pg_advisory_xact_lock(hashtext('payload_digests'))`);

/** Appends the facts of payloads that were fetched on one UTC day, in the same order. */
export async function appendDigest(
  tx: pg.PoolClient,
  { assetId, timeframe }: PayloadSeries,
  day: string,
  payloadIds: number[],
  facts: PayloadFacts[],
): Promise<void> {
  await tx.query(
    `insert into payload_digests (asset_id, timeframe, day, payload_ids, facts) values ($1, $2, $3, $4, $5)`,
    [assetId, timeframe, day, payloadIds, zstdCompressSync(Buffer.from(JSON.stringify(facts)))],
  );
}

/** Digests by the id of their payload; null of those pruned before digests were kept, and of those that were changed. */
export type Digests = ReadonlyMap<number, PayloadFacts | null>;

/** The digests of a series. @param chain to tell which were changed */
export async function readDigests(db: Queryable, { assetId, timeframe }: SeriesKey, chain: Chain): Promise<Digests> {
  const { rows } = await db.query<RawDigest>(
    `${SELECT_DIGESTS} where d.asset_id = $1 and d.timeframe = $2 order by d.seq`,
    [assetId, timeframe],
  );
  return digestsOf(rows, chain);
}

/** The digests of payloads that belong to no series: those of quotes, and of assets that were removed. */
export async function readDigestsWithoutSeries(db: Queryable, chain: Chain): Promise<Digests> {
  const { rows } = await db.query<RawDigest>(
    `${SELECT_DIGESTS} where d.asset_id is null or d.timeframe is null or not exists (select 1 from assets a where a.id = d.asset_id)
    order by d.seq`,
  );
  return digestsOf(rows, chain);
}

interface RawDigest {
  seq: string;
  ids: Buffer;
  facts: Buffer | null;
}
const SELECT_DIGESTS = 'select d.seq, array_send(d.payload_ids) as ids, d.facts from payload_digests d';

const digestsOf = (rows: readonly RawDigest[], { broken }: Chain): Digests =>
  new Map(
    rows.flatMap(({ seq, ids, facts }) => {
      const all = facts && !broken.has(Number(seq)) ? decodeFacts(facts) : null;
      return decodeFull('int8', ids).map((id, i) => [id, all?.[i] ?? null] as const);
    }),
  );

/** The digest of a payload of quotes; null if there is none. */
export async function readDigestOfQuotes(db: Queryable, payloadId: number): Promise<PayloadFacts | null> {
  const { rows } = await db.query<{ place: number; facts: Buffer | null }>(
    `select array_position(payload_ids, $1::bigint) - 1 as place, facts from payload_digests
    where asset_id is null and timeframe is null and $1 = any(payload_ids)`,
    [payloadId],
  );
  const row = rows[0];
  return (row?.facts && decodeFacts(row.facts)[row.place]) ?? null;
}

const decodeFacts = (facts: Buffer): PayloadFacts[] =>
  JSON.parse(zstdDecompressSync(facts).toString()) as PayloadFacts[];

export interface Chain {
  /** Its newest row; null if nothing was ever pruned. */
  head: { seq: number; hash: string } | null;
  /** Rows that were changed, or follow one that was changed or removed, with their day. */
  broken: ReadonlyMap<number, string | null>;
}

/** Checks the whole chain. */
export async function checkChain(db: Queryable): Promise<Chain> {
  const broken = await db.query<{ seq: string; day: string | null }>(
    `select seq, day::text from (
      select d.*, payload_digest_hash(d, lag(d.hash) over chain) as expected, row_number() over chain as place
      from payload_digests d window chain as (order by d.seq)) c
    where hash <> expected or seq <> place order by seq`,
  );
  const head = await db.query<{ seq: string; hash: string }>(
    `select seq, encode(hash, 'hex') as hash from payload_digests order by seq desc limit 1`,
  );
  const newest = head.rows[0];
  return {
    head: newest ? { seq: Number(newest.seq), hash: newest.hash } : null,
    broken: new Map(broken.rows.map(({ seq, day }) => [Number(seq), day])),
  };
}
