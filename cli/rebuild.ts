import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import type { Database } from '../db/client.js';
import { AssetReader, type AssetRow } from '../db/repositories/read/asset-reader.js';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import { counted } from '../domain/in-words.js';
import { SECOND, type StoredTimeframe } from '../domain/timeframe.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withStackDatabase } from './lib/stack-database.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';
import { command, type RebuildOptions, rebuildOptions } from './rebuild/options.js';
import { rebuildSeries } from './rebuild/rebuild-series.js';
import { rebuildReport } from './rebuild/report.js';

const terminal = new Terminal();

/** `npm run rebuild`. @returns the exit code */
async function main(): Promise<number> {
  const options = rebuildOptions(process.argv.slice(2));
  if (!options) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  return withStackDatabase({ name: 'barkeep-rebuild', max: 1 }, (database) => rebuild(database, options));
}

async function rebuild(database: Database, { symbol, timeframe, window, all }: RebuildOptions): Promise<number> {
  const { pool } = database;
  const asset = await findAsset(database, symbol);
  const clockOffsetMs = ((await readInstance(pool))?.clockOffset ?? 0) * SECOND;
  let isIdentical = true;
  for (const each of timeframesFor(asset, timeframe)) {
    const title = `${asset.symbol} ${each}`;
    const rebuilt = await rebuildSeries(
      pool,
      { assetId: asset.id, timeframe: each },
      window,
      clockOffsetMs,
      (done, total) => terminal.update(`${title}: ${done.toLocaleString('en')} of ${counted(total, 'payload')}`),
    );
    for (const line of rebuildReport(title, rebuilt, all)) terminal.line(line);
    if (rebuilt.differences.length + rebuilt.unreadable.length > 0) isIdentical = false;
  }
  return isIdentical ? EXIT.ok : EXIT.failed;
}

/** @throws UserError on an unknown symbol */
async function findAsset(database: Database, symbol: string): Promise<AssetRow> {
  const assets = await new AssetReader(database.pool).all();
  const asset = assets.find((each) => each.symbol.toUpperCase() === symbol);
  if (asset) return asset;
  const known = assets.map((each) => each.symbol).join(', ');
  throw new UserError(`Unknown asset ${symbol}. Known assets: ${known}.`, EXIT.usage);
}

/** @throws UserError if the asset does not have the timeframe */
function timeframesFor(asset: AssetRow, wanted: StoredTimeframe | null): StoredTimeframe[] {
  const available = timeframesOf(asset);
  if (!wanted) return available;
  if (!available.includes(wanted))
    throw new UserError(`${asset.symbol} has no ${wanted} bars. It has ${available.join(', ')}.`, EXIT.usage);
  return [wanted];
}

await runCommand(terminal, main);
