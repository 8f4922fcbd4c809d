import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readEnv } from '../config/env.js';
import { connect, type Database } from '../db/client.js';
import { schemaState } from '../db/migrate.js';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import { utcDate } from '../domain/calendars/dates.js';
import { calendarsEndingBefore } from '../domain/calendars/index.js';
import { DAY, SECOND } from '../domain/timeframe.js';
import { examineStore } from './doctor/examine.js';
import { reportOf } from './doctor/report.js';
import { readRuntime } from './lib/runtime-file.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

const USAGE = `Usage: npm run doctor

Proves what is stored, or says what contradicts itself: every bar lies where its calendar expects one, was final when it
was fetched, and equals what the answer that it came in gives, read again; every version that a later answer replaced is
kept; coverage is counted again slot by slot, and each expected bar is in exactly one state; every indicator is computed
again. Its last line is the proof.

It reads the database of the running \`npm start\` (DATA_DIR), or of DATABASE_URL. Changes nothing but coverage rows that
SQL made doubtful: those are counted again.

It also tells which bars and dividends are odd beside their neighbours (docs/data-quality.md): they may be right.

  --all    every line of each list, not the first few
  --help   this text

Exit code 0 when nothing is unexplained, 1 when something is.`;

const HALF_A_YEAR = 183 * DAY;
const terminal = new Terminal();

/** `npm run doctor`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, all: { type: 'boolean', default: false } },
  });
  if (values.help) return terminal.line(USAGE);
  const env = readEnv();
  const url = env.DATABASE_URL ?? readRuntime(resolve(env.DATA_DIR))?.databaseUrl;
  if (!url) throw new UserError(`Nothing runs in ${env.DATA_DIR}: start it with \`npm start\`, or set DATABASE_URL`);
  const database = connect(url, { name: 'barkeep-doctor', max: 4 });
  try {
    process.exitCode = (await examine(database, values.all)) === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

/** @returns how much is unexplained */
async function examine({ pool }: Database, all: boolean): Promise<number> {
  const schema = await schemaState(pool);
  if (schema.state !== 'current')
    throw new UserError(
      `The schema is ${schema.state} (${schema.current ?? 'empty'}; this build knows ${schema.expected})`,
    );
  for (const { id, ends } of calendarsEndingBefore(utcDate(Date.now() + HALF_A_YEAR))) {
    terminal.line(`The calendar of ${id} ends ${ends}: update Barkeep, or run scripts/generate-calendars.py`);
  }
  const clockOffsetMs = ((await readInstance(pool))?.clockOffset ?? 0) * SECOND;
  const examination = await examineStore(pool, { clockOffsetMs, onProgress: (doing) => terminal.update(doing) });
  terminal.update('');
  for (const line of reportOf(examination, { all, now: Date.now() })) terminal.line(line);
  return examination.findings.total;
}

main().catch((error: unknown) => {
  terminal.line(
    error instanceof UserError || (error as Error).name === 'EnvError'
      ? (error as Error).message
      : String((error as Error).stack ?? error),
  );
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
});
