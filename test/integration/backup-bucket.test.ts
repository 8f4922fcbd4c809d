import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type pg from 'pg';
import { ensureDatabase, startPostgres } from '../../cli/embedded/postgres.js';
import { LogFile } from '../../cli/lib/log-file.js';
import { restoreDataFolder } from '../../cli/restore/restore-data-folder.js';
import { claimDataFolder } from '../../cli/start/data-folder.js';
import { DATABASE_OF } from '../../cli/start/market.js';
import { readEnv } from '../../config/env.js';
import { baseOf, checkArchive } from '../../db/backup/archive.js';
import { copiesIn } from '../../db/backup/base-copy.js';
import { backupState } from '../../db/backup/state-in-words.js';
import { openStore } from '../../db/backup/open-store.js';
import { takeBackup } from '../../db/backup/take-backup.js';
import { connect } from '../../db/client.js';
import { migrate } from '../../db/migrate.js';
import { openRun } from '../../db/repositories/runs/runs.js';
import { recordAudit } from '../../db/repositories/upkeep/audit-log.js';
import { claimInstance } from '../../db/repositories/upkeep/instance.js';
import { MINUTE } from '../../domain/timeframe.js';
import { S3Server } from '../environment/s3-server.js';
import { temporaryFolder } from '../environment/temporary-folder.js';
import { loadPayload, seed } from '../factories.js';
import { casesOf } from '../long-tests.js';
import { FAST, kill, untilArchived, walProgram } from './backup-fixture.js';

const SEED = 20261124;
/** A session of New York in pieces of half an hour. */
const OPEN = Date.parse('2026-11-24T14:30:00Z');
const PIECES = 13;
const PIECE_MINUTES = 30;

/** What the database held from one instant, epoch ms by its own clock, to another. */
interface Period {
  from: number;
  to: number;
  state: string;
}

/** Bars, the coverage of their session with its hash, runs and audit. */
async function stateOf(db: pg.Pool): Promise<string> {
  const { rows } = await db.query<Record<string, unknown>>(
    `select (select md5(string_agg(b::text, ',' order by time)) from bars b) as bars,
      (select string_agg(c::text, ',' order by asset_id, timeframe, session) from coverage c) as coverage,
      (select string_agg(r::text, ',' order by workflow_id) from pipeline_runs r) as runs,
      (select string_agg(a::text, ',' order by id) from audit_log a) as audit`,
  );
  return JSON.stringify(rows[0]);
}

const clockOf = async (db: pg.Pool): Promise<number> =>
  (await db.query<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now')).rows[0]!
    .now;

/** Loads a session piece by piece, each with its run and an entry of the audit. */
async function writeDay(db: pg.Pool): Promise<Period[]> {
  const spy = (await seed(db)).get('SPY')!;
  const periods: Period[] = [];
  const writing = async (write: () => Promise<unknown>) => {
    await write();
    const from = await clockOf(db);
    const state = await stateOf(db);
    await sleep(5);
    periods.push({ from: Math.ceil(from) + 1, to: Math.floor(await clockOf(db)), state });
    await sleep(2);
  };
  for (let piece = 0; piece < PIECES; piece++) {
    const from = OPEN + piece * PIECE_MINUTES * MINUTE;
    const to = from + PIECE_MINUTES * MINUTE;
    const minutes = Array.from({ length: PIECE_MINUTES }, (_, i) => ({ time: from + i * MINUTE, close: 500 + piece }));
    const workflowId = `stocks_1min-${new Date(to).toISOString()}`;
    await writing(async () =>
      openRun(db, {
        ...{ workflowId, runId: randomUUID(), pipeline: 'stocks_1min', trigger: 'schedule' },
        ...{ nominalAt: to, scheduledAt: to, startedAt: to },
      }),
    );
    await writing(async () => loadPayload(db, spy, { fetchedAt: to + MINUTE, window: { from, to }, minutes }));
    await writing(async () =>
      recordAudit(db, { actor: 'cli', action: 'test', subject: workflowId, reason: `piece ${piece}` }),
    );
  }
  return periods;
}

const server = new S3Server();
const root = temporaryFolder();
const NAME = '2026-11-24T14-00-00Z-1f3a9c';
const location = `s3://backups/my-server/${NAME}`;
let day: Period[];
let words: string;

beforeAll(async () => {
  await server.start();
  Object.assign(process.env, server.variables);
  const dataDir = join(root, 'data');
  claimDataFolder(dataDir);
  const postgres = await startPostgres({
    dataDir,
    logFile: new LogFile(join(root, 'postgres.log')),
    archive: { location, program: walProgram('archive-wal'), variables: server.variables },
    settings: FAST,
  });
  const url = postgres.url(DATABASE_OF.sandbox);
  await ensureDatabase(postgres, DATABASE_OF.sandbox);
  await migrate(url);
  const database = connect(url, { max: 2 });
  try {
    await claimInstance(database.pool, { mode: 'sandbox', providers: {}, clockOffset: 0 });
    await takeBackup(database.pool, { keep: 2 });
    server.failing = 2; // of what follows, nothing is lost
    day = await writeDay(database.pool);
    await untilArchived(database.pool, await openStore(location));
    ({ words } = await backupState(database.pool, Date.now()));
  } finally {
    await database.close();
    await kill(postgres);
    rmSync(dataDir, { recursive: true });
  }
});
afterAll(() => server.stop());

async function restore(at: number): Promise<string> {
  const target = join(root, `at-${at}`);
  await restoreDataFolder({
    ...{ backups: await openStore('s3://backups/my-server'), target, from: null, at, env: readEnv({}) },
    ...{ program: walProgram('fetch-wal'), settings: FAST, signal: new AbortController().signal },
    ...{ report: () => undefined, onProgress: () => undefined },
  });
  const restored = await startPostgres({ dataDir: target, logFile: new LogFile(join(root, 'log')), settings: FAST });
  const database = connect(restored.url(DATABASE_OF.sandbox), { max: 1 });
  try {
    return await stateOf(database.pool);
  } finally {
    await database.close();
    await restored.stop(5_000);
  }
}

describe('backups in a bucket', () => {
  it('restore each instant of a day of writes: bars, coverage, runs and audit as they were then', async () => {
    const anyInstant = fc
      .tuple(fc.constantFrom(...day), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([{ from, to, state }, share]) => ({ at: Math.round(from + (to - from) * share), state }));
    for (const { at, state } of fc.sample(anyInstant, { seed: SEED, numRuns: casesOf(10, 2) }))
      expect([at, await restore(at)]).toEqual([at, state]);
  });

  it('are whole, and named in the state of the database', async () => {
    const archive = await openStore(location);
    expect(await checkArchive(archive, () => undefined)).toEqual([]);
    const { names } = await copiesIn(baseOf(archive));
    expect(words).toContain(`newest base copy ${names[0]!}, archived up to `);
  });

  it('with a flipped byte are found out, and nothing is restored', async () => {
    const archive = await openStore(location);
    for (const part of ['base.tar.zst', 'postgres-password', 'wal/']) {
      const [key, object] = [...server.objects].findLast(([one]) => one.includes(part))!;
      const content = Buffer.from(object.content);
      content[Math.floor(content.length / 2)]! ^= 1;
      server.objects.set(key, { ...object, content });
      const found = await checkArchive(archive, () => undefined);
      expect(found).toEqual([expect.stringContaining(key)]);
      if (part === 'base.tar.zst') await expect(restore(day.at(-1)!.to)).rejects.toThrow('Nothing was restored');
      server.objects.set(key, object);
    }
  });

  it('are complete only with their checksums, which are written last', async () => {
    const archive = await openStore(location);
    const [key, object] = [...server.objects].find(([one]) => one.endsWith('SHA256SUMS'))!;
    server.objects.delete(key);
    const { names, unfinished } = await copiesIn(baseOf(archive));
    expect([names.length, unfinished.length]).toEqual([0, 1]);
    server.objects.set(key, object);
  });
});
