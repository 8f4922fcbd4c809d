import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type pg from 'pg';
import { type FileSource, fileSourceOf } from '../db/repositories/upkeep/imports.js';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import { SECOND } from '../domain/timeframe.js';
import { csvOfParquet, isParquet } from '../providers/file/parquet.js';
import { urlOf } from '../providers/file/request-url.js';
import { ProviderError } from '../providers/provider.js';
import { importFile, type ImportedFile } from './import/import-file.js';
import { command, importOptions, type ImportOptions } from './import/options.js';
import { importReport } from './import/report.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withStackDatabase } from './lib/stack-database.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

/** A file is held in memory and stored as one payload. Bytes. */
const MAX_BYTES = 256 * 1024 ** 2;

const terminal = new Terminal();

/** `npm run import`. @returns the exit code */
async function main(): Promise<number> {
  const options = importOptions(process.argv.slice(2));
  if (!options) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  const { file, isConverted } = await readFile(options.file);
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

const isGzip = (file: Buffer): boolean => file[0] === 0x1f && file[1] === 0x8b;

/** @throws UserError if it cannot be read */
async function readFile(path: string): Promise<{ file: ImportedFile; isConverted: boolean }> {
  try {
    const file = readFileSync(path);
    const content = isGzip(file) ? gunzipSync(file, { maxOutputLength: MAX_BYTES + 1 }) : file;
    if (content.length > MAX_BYTES)
      throw new UserError(`${path} has more than ${MAX_BYTES / 1024 ** 2} MB: split it by time.`);
    const isTable = isParquet(content);
    if (!isTable && content === file) return { file: { url: urlOf(path), body: file }, isConverted: false };
    const sha256 = createHash('sha256').update(file).digest('hex');
    const body = isTable ? await csvOfParquet(content) : content;
    return { file: { url: urlOf(path, sha256), body }, isConverted: isTable };
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${path} cannot be read: ${(error as Error).message}`);
  }
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
