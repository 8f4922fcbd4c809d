import type pg from 'pg';
import { type FileSource, fileSourceOf } from '../db/repositories/upkeep/imports.js';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import { SECOND } from '../domain/timeframe.js';
import { ProviderError } from '../providers/provider.js';
import { importFile } from './import/import-file.js';
import { command, importOptions, type ImportOptions } from './import/options.js';
import { readImport } from './import/read-import.js';
import { importReport } from './import/report.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withStackDatabase } from './lib/stack-database.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

const terminal = new Terminal();

/** `npm run import`. @returns the exit code */
async function main(): Promise<number> {
  const options = importOptions(process.argv.slice(2));
  if (!options) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  const { file, isConverted } = await readImport(options.file);
  return withStackDatabase({ name: 'barkeep-import', max: 2 }, async ({ pool }) => {
    const source = await sourceOf(pool, options);
    const clockOffsetMs = ((await readInstance(pool))?.clockOffset ?? 0) * SECOND;
    const title = `${source.symbol} ${options.timeframe}`;
    const { timeframe, dryRun } = options;
    const imported = await importFile(pool, source, { file, timeframe, dryRun, clockOffsetMs }, (step) =>
      terminal.update(`${title}: ${step} …`),
    ).catch((error: unknown) => {
      throw error instanceof ProviderError ? new UserError(`${options.file}: ${error.message}.`) : error;
    });
    for (const line of importReport(title, imported, timeframe, isConverted ? 1 : 2)) terminal.line(line);
    return imported.batch.rejected.length > 0 || imported.loaded?.held ? EXIT.partial : EXIT.ok;
  });
}

/** @throws UserError if there is no such asset and too little is said of it */
async function sourceOf(pool: pg.Pool, { symbol, asset }: ImportOptions): Promise<FileSource> {
  const known = await fileSourceOf(pool, symbol);
  if (known) {
    const other = asset && (['exchange', 'currency', 'kind'] as const).find((one) => asset[one] !== known[one]);
    if (!other) return known;
    throw new UserError(`${symbol} has the ${other} ${known[other]}, not ${asset[other]}.`, EXIT.usage);
  }
  if (asset) return { id: null, symbol, sourceOf: null, ...asset };
  throw new UserError(
    `There is no asset ${symbol}. For a new one, also say --exchange, --currency and --kind.`,
    EXIT.usage,
  );
}

await runCommand(terminal, main);
