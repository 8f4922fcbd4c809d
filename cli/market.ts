import type pg from 'pg';
import { ClosureError, closeExchange, readClosures, reopenExchange } from '../db/repositories/upkeep/closures.js';
import { closuresOn } from '../domain/calendars/index.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withStackDatabase } from './lib/stack-database.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';
import { command, type MarketCommand, marketCommand } from './market/options.js';

const terminal = new Terminal();

/** `npm run market`. @returns the exit code */
async function main(): Promise<number> {
  const wanted = marketCommand(process.argv.slice(2));
  if (!wanted) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  return withStackDatabase({ name: 'barkeep-market', max: 1 }, async ({ pool }) => {
    await carryOut(pool, wanted).catch((error: unknown) => {
      if (!(error instanceof ClosureError)) throw error;
      throw new UserError(`${error.message}.`, error.kind === 'unfit' ? EXIT.usage : EXIT.failed);
    });
    return EXIT.ok;
  });
}

async function carryOut(pool: pg.Pool, wanted: MarketCommand): Promise<void> {
  if (wanted.action === 'list') return list(pool, wanted.exchange);
  const { exchange, date, reason } = wanted;
  if (wanted.action === 'close') {
    await closeExchange(pool, { exchange, date, closed: reason }, 'cli');
    terminal.line(`${exchange} is closed on ${date}: ${reason}. No bars are expected on that day.`);
  } else {
    await reopenExchange(pool, { exchange, date }, reason, 'cli');
    terminal.line(`${exchange} has a session on ${date} again: its bars are expected.`);
  }
}

async function list(pool: pg.Pool, exchange: string | null): Promise<void> {
  const told = (await readClosures(pool)).map((one) => ({ ...one, by: `told ${one.createdAt.toISOString()}` }));
  const listed = closuresOn('file').map((one) => ({ ...one, by: 'closures file' }));
  const closures = [...told, ...listed]
    .filter((one) => exchange === null || one.exchange === exchange)
    .sort((a, b) => `${a.exchange} ${a.date}`.localeCompare(`${b.exchange} ${b.date}`));
  for (const { exchange: mic, date, closed, by } of closures) terminal.line(`${mic} ${date}  ${closed} (${by})`);
  if (closures.length === 0) terminal.line('No closures are listed.');
}

await runCommand(terminal, main);
