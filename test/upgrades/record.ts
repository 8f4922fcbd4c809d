import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { type Runtime, readRuntime } from '../../cli/lib/runtime-file.js';
import { withTemporal } from '../../cli/lib/stack-temporal.js';
import { plainTemporal } from '../../contracts/temporal-config.js';
import { connect } from '../../db/client.js';
import { inTransaction } from '../../db/transaction.js';
import { DAY, MINUTE, SECOND } from '../../domain/timeframe.js';
import { withBuildOf } from '../chaos/other-builds.js';
import { takeDump, writeDump } from './dump.js';

/*
 * `npm run dumps -- COMMIT` builds an earlier version in a temporary folder, runs it in the sandbox, and keeps what it has stored
 * of two assets in test/upgrades/dumps. A dump stands for the databases that exist, so it is never taken again when the code
 * changes. It takes some minutes.
 */

/** Few bars, and some of every kind: a stock and a coin. */
const ASSETS = ['SPY', 'BTC'];
/** The sources that are kept: minutes of a coin around the clock would make a large file. */
const SOURCES = ['yahoo', 'alpaca', 'coingecko'];
/** The timeframes of which each must have bars. */
const SERIES = ['SPY 1m', 'SPY 1d', 'BTC 30m', 'BTC 4h'];
/** How many days ago the sandbox lists them, by their symbols there: minutes of a month would make a large file. */
const LISTED_DAYS = { SPY: 4, bitcoin: 1 };
const FREE_PORTS = { PORT: '0', METRICS_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' };
const PATIENCE_MS = 10 * MINUTE;
const POLL_MS = SECOND;
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main([commit]: string[]): Promise<void> {
  if (commit === undefined) throw new Error('Usage: npm run dumps -- COMMIT');
  await withBuildOf(commit, (folder) => record(folder, commit), listLately);
}

/** Has the two assets begin to be traded a few days ago, in the sandbox of that version. */
function listLately(folder: string): void {
  const file = join(folder, 'sandbox/instruments.ts');
  let text = readFileSync(file, 'utf8');
  for (const [symbol, days] of Object.entries(LISTED_DAYS)) {
    const date = new Date(Date.now() - days * DAY).toISOString().slice(0, 10);
    text = text.replace(new RegExp(`(symbol: '${symbol}'.*firstDate: ')[^']+`), `$1${date}`);
  }
  writeFileSync(file, text);
  // what it would download
  if (existsSync('.cache')) cpSync('.cache', join(folder, '.cache'), { recursive: true });
}

async function record(folder: string, commit: string): Promise<void> {
  const dataDir = join(folder, '.data');
  chmodSync(folder, 0o711); // if we are root, PostgreSQL runs as another user, who must be able to enter
  const env = { ...process.env, ...FREE_PORTS, DATA_DIR: dataDir };
  const child = spawn(process.execPath, ['dist/cli/start.js', '--sandbox'], { cwd: folder, env, stdio: 'inherit' });
  const ended = new Promise((done) => child.once('exit', done));
  try {
    const runtime = await until('everything is running', () => readRuntime(dataDir));
    const database = connect(runtime.databaseUrl, { max: 2 });
    try {
      await fill(database.pool, runtime, jsonIn<{ sandbox: number }>(join(dataDir, 'ports.json')).sandbox);
      await forgetOthers(database.pool);
      const { entries } = jsonIn<{ entries: { tag: string }[] }>(join(folder, 'db/migrations/meta/_journal.json'));
      const dump = await takeDump(database.pool, { migration: entries.at(-1)!.tag, commit: fullName(commit) });
      say(`Stored ${await writeDump(dump)}`);
    } finally {
      await database.close();
    }
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

/** Waits for the first bars, has some corrected and a row refused, and waits until nothing runs. */
async function fill(pool: pg.Pool, { temporalAddress, namespace }: Runtime, sandboxPort: number): Promise<void> {
  await until('all series have bars', async () => {
    const { rowCount } = await pool.query(
      `select from unnest($1::text[]) s where not exists (
        select from bars b join assets a on a.id = b.asset_id where a.symbol || ' ' || b.timeframe = s)`,
      [SERIES],
    );
    return rowCount === 0;
  });
  const { rows } = await pool.query<{ time: Date; close: number }>(
    `select b.time, b.close from bars b join assets a on a.id = b.asset_id
    where a.symbol = $1 and b.timeframe = '1m' order by b.time offset 100 limit 5`,
    [ASSETS[0]],
  );
  const tell = async (page: string, parameters: Record<string, string>) => {
    const query = new URLSearchParams({ symbol: ASSETS[0]!, ...parameters }).toString();
    const response = await fetch(`http://127.0.0.1:${sandboxPort}/${page}?${query}`);
    if (!response.ok) throw new Error(`${page}: ${await response.text()}`);
  };
  for (const { time, close } of rows.slice(0, 3))
    await tell('__revise', { at: time.toISOString(), close: String(close + 1) });
  await tell('__corrupt', { from: rows[3]!.time.toISOString(), to: rows[4]!.time.toISOString() });
  await withTemporal(plainTemporal(temporalAddress, namespace), async ({ schedule, workflow }) => {
    await schedule.getHandle('verify_bars').trigger();
    await until('its bars are corrected', async () => {
      const { rowCount } = await pool.query('select from bar_revisions limit 1');
      return rowCount! > 0;
    });
    for await (const { scheduleId } of schedule.list()) await schedule.getHandle(scheduleId).pause();
    // the first backfill is at the other assets
    for await (const { workflowId } of workflow.list({ query: `ExecutionStatus = 'Running'` }))
      await workflow.getHandle(workflowId).cancel();
  });
  await until('nothing runs', async () => !(await has(pool, `status = 'running'`)));
}

async function has(pool: pg.Pool, condition: string): Promise<boolean> {
  return (await pool.query(`select from pipeline_runs where ${condition} limit 1`)).rowCount! > 0;
}

/** Deletes all other assets and sources, and what came of them. */
async function forgetOthers(pool: pg.Pool): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await tx.query(`set local session_replication_role = 'replica'`); // no triggers
    const tablesWith = async (column: string) =>
      (
        await tx.query<{ name: string }>(
          `select table_name as name from information_schema.columns join information_schema.tables using (table_schema, table_name)
          where table_schema = 'public' and table_type = 'BASE TABLE' and column_name = $1`,
          [column],
        )
      ).rows.map(({ name }) => name);
    await tx.query('delete from assets where symbol <> all($1) or provider::text <> all($2)', [ASSETS, SOURCES]);
    for (const table of await tablesWith('asset_id'))
      await tx.query(`delete from ${table} where asset_id is not null and asset_id not in (select id from assets)`);
    for (const table of await tablesWith('payload_id'))
      await tx.query(
        `delete from ${table} where payload_id is not null and payload_id not in (select id from raw_payloads)`,
      );
  });
}

/** @throws Error if it has not happened after some minutes */
async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(POLL_MS);
  }
}

const jsonIn = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
const fullName = (commit: string): string => execFileSync('git', ['rev-parse', commit], { encoding: 'utf8' }).trim();

await main(process.argv.slice(2));
