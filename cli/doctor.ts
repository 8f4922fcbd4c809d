import { backupState } from '../db/backup/state-in-words.js';
import type { Database } from '../db/client.js';
import { activeAssets } from '../db/repositories/read/active-assets.js';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import { utcDate } from '../domain/calendars/dates.js';
import { calendarsEndingBefore } from '../domain/calendars/index.js';
import { DAY, SECOND } from '../domain/timeframe.js';
import { examineStore } from './doctor/examine.js';
import { command } from './doctor/options.js';
import { reportOf } from './doctor/report.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withStackDatabase } from './lib/stack-database.js';
import { Terminal } from './lib/terminal.js';

const HALF_A_YEAR = 183 * DAY;
const terminal = new Terminal();

/** `npm run doctor`. @returns the exit code */
async function main(): Promise<number> {
  const options = command.parse(process.argv.slice(2));
  if (!options) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  return withStackDatabase({ name: 'barkeep-doctor', max: 4 }, async (database) =>
    (await examine(database, options.all)) === 0 ? EXIT.ok : EXIT.failed,
  );
}

/** @returns the number of unexplained findings */
async function examine({ pool }: Database, all: boolean): Promise<number> {
  const exchanges = new Set((await activeAssets(pool)).map(({ exchange }) => exchange));
  for (const { id, ends } of calendarsEndingBefore(utcDate(Date.now() + HALF_A_YEAR), [...exchanges]))
    terminal.line(`The calendar of ${id} ends on ${ends}. Update Barkeep, or run scripts/generate-calendars.py.`);
  terminal.line(`Backups: ${(await backupState(pool, Date.now())).words}.`);
  const clockOffsetMs = ((await readInstance(pool))?.clockOffset ?? 0) * SECOND;
  const examination = await examineStore(pool, { clockOffsetMs, onProgress: (step) => terminal.update(step) });
  terminal.update('');
  for (const line of reportOf(examination, { all, now: Date.now() })) terminal.line(line);
  return examination.findings.total;
}

await runCommand(terminal, main);
