import { resolve } from 'node:path';
import { timeframesOf } from '../config/catalog/providers.js';
import { EnvError, readEnv } from '../config/env.js';
import { connect, type Database } from '../db/client.js';
import { schemaState } from '../db/migrate.js';
import { AssetReader, type AssetRow } from '../db/repositories/read/asset-reader.js';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import type { Difference, ShadowValues } from '../db/repositories/upkeep/shadow-bars.js';
import { SECOND, type StoredTimeframe } from '../domain/timeframe.js';
import { type RebuildOptions, rebuildOptions, USAGE } from './rebuild/options.js';
import { rebuildSeries, type Rebuilt } from './rebuild/rebuild-series.js';
import { readRuntime } from './lib/runtime-file.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

/** So many lines of a kind are shown unless all are asked for. */
const FEW = 20;
const terminal = new Terminal();

/** `npm run rebuild`. @returns the exit code */
async function main(): Promise<number> {
  const options = rebuildOptions(process.argv.slice(2));
  if (!options) {
    terminal.line(USAGE);
    return 0;
  }
  const env = readEnv();
  const url = env.DATABASE_URL ?? readRuntime(resolve(env.DATA_DIR))?.databaseUrl;
  if (!url) throw new UserError(`Nothing runs in ${env.DATA_DIR}: start it with \`npm start\`, or set DATABASE_URL`);
  const database = connect(url, { name: 'barkeep-rebuild', max: 1 });
  try {
    return await rebuild(database, options);
  } finally {
    await database.close();
  }
}

async function rebuild(database: Database, { symbol, timeframe, window, all }: RebuildOptions): Promise<number> {
  const { pool } = database;
  const schema = await schemaState(pool);
  if (schema.state !== 'current')
    throw new UserError(
      `The schema is ${schema.state} (${schema.current ?? 'empty'}; this build knows ${schema.expected})`,
    );
  const asset = await findAsset(database, symbol);
  const clockOffsetMs = ((await readInstance(pool))?.clockOffset ?? 0) * SECOND;
  let wrong = 0;
  for (const one of timeframesFor(asset, timeframe)) {
    const title = `${asset.symbol} ${one}`;
    const rebuilt = await rebuildSeries(
      pool,
      { assetId: asset.id, timeframe: one },
      window,
      clockOffsetMs,
      (done, total) =>
        terminal.update(`${title}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')} answers`),
    );
    tell(title, rebuilt, all ? Number.POSITIVE_INFINITY : FEW);
    wrong += rebuilt.differences.length + rebuilt.unreadable.length;
  }
  return wrong === 0 ? 0 : 1;
}

/** @throws UserError on a symbol that is not known */
async function findAsset(database: Database, symbol: string): Promise<AssetRow> {
  const assets = await new AssetReader(database).all();
  const asset = assets.find((one) => one.symbol.toUpperCase() === symbol);
  if (asset) return asset;
  throw new UserError(`There is no asset ${symbol}. These are: ${assets.map((one) => one.symbol).join(', ')}.`, 2);
}

function timeframesFor({ symbol, provider }: AssetRow, wanted: StoredTimeframe | null): StoredTimeframe[] {
  const has = timeframesOf(provider);
  if (!wanted) return has;
  if (!has.includes(wanted)) throw new UserError(`${symbol} has no ${wanted} bars; it has ${has.join(', ')}.`, 2);
  return [wanted];
}

function tell(title: string, { payloads, bars, differences, unreadable, forgotten }: Rebuilt, most: number): void {
  const count = (n: number, noun: string) => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
  const verdict = differences.length === 0 ? 'no difference' : count(differences.length, 'DIFFERENCE').toUpperCase();
  terminal.line(`${title}: ${count(bars, 'bar')} made anew from ${count(payloads, 'answer')}, ${verdict}`);
  list(differences.map(inWords), most);
  if (unreadable.length > 0) {
    terminal.line(`  ${count(unreadable.length, 'answer')} can't be read any more:`);
    list(unreadable, most);
  }
  if (forgotten.length > 0) {
    const lost = forgotten.reduce((sum, session) => sum + session.bars, 0);
    terminal.line(`  ${count(lost, 'bar')} can't be made anew, their answers are past the retention:`);
    list(
      forgotten.map((session) => `${session.session} ${count(session.bars, 'bar')}`),
      most,
    );
  }
}

function list(lines: string[], most: number): void {
  for (const line of lines.slice(0, most)) terminal.line(`    ${line}`);
  if (lines.length > most)
    terminal.line(`    … and ${(lines.length - most).toLocaleString('en')} more (--all shows them)`);
}

const inWords = ({ time, stored, rebuilt }: Difference): string =>
  `${new Date(time).toISOString().slice(0, 16)}Z  stored ${valuesOf(stored)}  made anew ${valuesOf(rebuilt)}`;

/** Open, high, low, close, volume. */
const valuesOf = (values: ShadowValues | null): string =>
  values
    ? values
        .slice(1)
        .map((value) => value ?? '–')
        .join(' ')
    : 'nothing';

try {
  process.exit(await main());
} catch (error) {
  const known = error instanceof UserError;
  const usage = error instanceof EnvError;
  terminal.line(known || usage ? error.message : ((error as Error).stack ?? String(error)));
  process.exit(known ? error.exitCode : usage ? 2 : 1);
}
