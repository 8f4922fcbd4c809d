import { readEnv } from '../config/env.js';
import { backupState } from '../db/backup/state-in-words.js';
import type { Database } from '../db/client.js';
import { activeAssets } from '../db/repositories/read/active-assets.js';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import { utcDate } from '../domain/calendars/dates.js';
import { calendarsEndingBefore } from '../domain/calendars/index.js';
import { DAY, SECOND } from '../domain/timeframe.js';
import { examineStore } from './doctor/examine.js';
import { command } from './doctor/options.js';
import { proofBody } from './doctor/proof-body.js';
import { reportOf } from './doctor/report.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withStackDatabase } from './lib/stack-database.js';
import { Terminal } from './lib/terminal.js';
import { linesOf, worstOf } from './system/check.js';
import { examineSystem } from './system/examine-system.js';

const HALF_A_YEAR = 183 * DAY;
const argv = process.argv.slice(2);
/** Beside JSON, what is for people goes to stderr. */
const terminal = new Terminal(argv.includes('--json') ? process.stderr : process.stdout);

/** `npm run doctor`. @returns the exit code */
async function main(): Promise<number> {
  const options = command.parse(argv);
  if (!options) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  if (options.system) return examineAround(options.json);
  return withStackDatabase({ name: 'barkeep-doctor', max: 4 }, async (database) =>
    (await examine(database, options)) === 0 ? EXIT.ok : EXIT.failed,
  );
}

/** @returns the number of unexplained findings */
async function examine({ pool }: Database, { all, json }: { all: boolean; json: boolean }): Promise<number> {
  const exchanges = new Set((await activeAssets(pool)).map(({ exchange }) => exchange));
  for (const { id, ends } of calendarsEndingBefore(utcDate(Date.now() + HALF_A_YEAR), [...exchanges]))
    terminal.line(`The calendar of ${id} ends on ${ends}. Update Barkeep, or run scripts/generate-calendars.py.`);
  terminal.line(`Backups: ${(await backupState(pool, Date.now())).words}.`);
  const clockOffsetMs = ((await readInstance(pool))?.clockOffset ?? 0) * SECOND;
  const examination = await examineStore(pool, { clockOffsetMs, onProgress: (step) => terminal.update(step) });
  terminal.update('');
  if (json) print(proofBody(examination));
  else for (const line of reportOf(examination, { all, now: Date.now() })) terminal.line(line);
  return examination.findings.total;
}

/** `npm run doctor -- --system`. @returns the exit code */
async function examineAround(json: boolean): Promise<number> {
  const onProgress = (what: string) => terminal.update(what);
  const checks = await examineSystem({ env: readEnv(), variables: process.env, onProgress });
  terminal.update('');
  const status = worstOf(checks);
  if (json) print({ status, checks });
  else for (const line of linesOf(checks, terminal)) terminal.line(line);
  return status === 'error' ? EXIT.failed : EXIT.ok;
}

function print(body: object): void {
  process.stdout.write(`${JSON.stringify(body, null, 2)}\n`);
}

await runCommand(terminal, main);
