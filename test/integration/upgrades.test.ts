import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { examineStore } from '../../cli/doctor/examine.js';
import { proofBody } from '../../cli/doctor/proof-body.js';
import { migrate, schemaState } from '../../db/migrate.js';
import { LineageReader } from '../../db/repositories/read/lineage-reader.js';
import type { Database } from '../../db/client.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { connectPatiently } from '../environment/database.js';
import { type Dump, readDump, restoreDump } from '../upgrades/dump.js';

/** Of each dump, its newest migration. */
const migrations = readdirSync(new URL('../upgrades/dumps', import.meta.url)).map((file) => file.split('.')[0]!);

/** What an upgrade must not change: all that is asked of bars, and where they came from. */
const KEPT = {
  bars: `select asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return,
    payload_id, run_id, fetched_at, recorded_at from bars`,
  revisions: `select asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at,
    replaced_at, replaced_by_payload from bar_revisions`,
  coverage: `select asset_id, timeframe, session, expected, filled, empty from coverage`,
  payloads: `select id, url, sha256, fetched_at, body from raw_payloads`,
  rejected: `select asset_id, timeframe, rule, raw from rejected_bars`,
  runs: `select workflow_id, run_id, pipeline, trigger, status, rows_inserted, rows_updated, rows_rejected from pipeline_runs`,
};

/** An empty database on the server of all tests. */
async function createEmptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const admin = new pg.Client({ connectionString: process.env.BARKEEP_TEST_DATABASE_URL });
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(process.env.BARKEEP_TEST_DATABASE_URL!);
  url.pathname = `/${name}`;
  const drop = async () => {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  };
  return { url: url.href, drop };
}

/** How many rows each part has, and the hash of them all. */
async function keptOf({ pool }: Database): Promise<Record<string, { count: number; hash: string }>> {
  const kept: Record<string, { count: number; hash: string }> = {};
  for (const [name, query] of Object.entries(KEPT)) {
    const { rows } = await pool.query<{ count: number; hash: string }>(
      `select count(*)::int, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash from (${query}) t`,
    );
    kept[name] = rows[0]!;
  }
  return kept;
}

it('has dumps of three earlier schemas', () => expect(migrations.length).toBeGreaterThanOrEqual(3));

describe.each(migrations)('a database of the schema %s', (migration) => {
  let dump: Dump;
  let database: Database;
  let drop: () => Promise<void>;
  let before: Awaited<ReturnType<typeof keptOf>>;

  beforeAll(async () => {
    dump = await readDump(migration);
    const created = await createEmptyDatabase();
    drop = created.drop;
    database = connectPatiently(created.url, { max: 4 });
    await restoreDump(database.pool, dump);
    before = await keptOf(database);
  });
  afterAll(async () => {
    await database?.close();
    await drop?.();
  });

  it('is older than this build, whose migrations up to it are as they were then', async () => {
    expect(await schemaState(database.pool)).toMatchObject({ current: migration, state: 'older' });
    const { rows } = await database.pool.query<{ hash: string }>(
      'select hash from drizzle.__drizzle_migrations order by created_at',
    );
    expect(rows.map(({ hash }) => hash)).toEqual(dump.hashes);
  });

  it('has something of everything', () => {
    for (const { count } of Object.values(before)) expect(count).toBeGreaterThan(0);
  });

  it('keeps bars, revisions, coverage, payloads, rejected rows and runs in the upgrade', async () => {
    await migrate(database.pool.options.connectionString!);
    expect(await schemaState(database.pool)).toMatchObject({ state: 'current' });
    expect(await keptOf(database)).toEqual(before);
  });

  it('is proved by the doctor afterwards', async () => {
    const examination = await examineStore(database.pool, { clockOffsetMs: 0, now: dump.takenAt });
    expect(examination.findings.lines()).toEqual([]);
    const proved = before.bars!.count;
    expect(JSON.parse(JSON.stringify(proofBody(examination)))).toMatchObject({
      ...{ unexplained: 0, findings: [], filled: proved, bars: { payload: proved, digest: 0, none: 0 } },
    });
  });

  it('leads from a corrected bar to its payloads and runs', async () => {
    const { rows } = await database.pool.query<{ assetId: number; timeframe: StoredTimeframe; time: Date }>(
      `select asset_id as "assetId", timeframe, time from bar_revisions where timeframe = '1m' limit 1`,
    );
    const { time, ...series } = rows[0]!;
    const key = { ...series, time: time.getTime() };
    const lineage = new LineageReader(database.pool);
    const bar = (await lineage.bar(key))!;
    const [earlier] = await lineage.revisions(key);
    expect(earlier!.replacedByPayload).toBe(bar.payloadId);
    expect(earlier!.close).not.toBe(bar.close);
    for (const { payloadId, runId } of [bar, earlier!]) {
      const { rowCount } = await database.pool.query(
        `select from raw_payloads p join pipeline_runs r on r.run_id = $2 where p.id = $1 and p.body is not null`,
        [payloadId, runId],
      );
      expect(rowCount).toBe(1);
    }
  });
});
