import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { readEnv } from '../config/env.js';
import { connect } from '../db/client.js';
import { schemaState } from '../db/migrate.js';
import { recountDirty } from '../db/repositories/coverage.js';
import {
  readActions,
  readSeries,
  type SeriesSummary,
  type StoredSeries,
  summariseSeries,
} from '../db/repositories/integrity.js';
import { calendarOf, calendarsEndingBefore } from '../domain/calendars/index.js';
import { dividendWarnings } from '../domain/dividend-rules.js';
import { explanationOf } from '../domain/explained-changes.js';
import { neighbourWarnings, type WarningDetails } from '../domain/neighbour-rules.js';
import { DAY, TIMEFRAME_MS } from '../domain/timeframe.js';
import type { SessionAction } from '../domain/transform.js';
import { storedIndicators } from '../domain/indicators/stored.js';
import { readRuntime } from './runtime-file.js';
import { Terminal } from './terminal.js';
import { UserError } from './user-error.js';

const USAGE = `Usage: npm run doctor

Checks what is stored: every indicator is computed again from the bars and compared, every session's coverage is
counted again. It reads the database of the running \`npm start\` (DATA_DIR), or of DATABASE_URL. Changes nothing but
coverage rows that SQL made doubtful: those are recounted.

Then it tells which bars and dividends are odd beside their neighbours (docs/data-quality.md): they may be right.

  --warnings   all of those, not the newest few
  --help       this text

Exit code 0 when all is well, 1 when something is wrong.`;

/** So many oddities are shown unless all are asked for. */
const FEW = 10;
const terminal = new Terminal();

/** `npm run doctor`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, warnings: { type: 'boolean', default: false } },
  });
  if (values.help) return terminal.line(USAGE);
  const env = readEnv();
  const url = env.DATABASE_URL ?? readRuntime(resolve(env.DATA_DIR))?.databaseUrl;
  if (!url) throw new UserError(`Nothing runs in ${env.DATA_DIR}: start it with \`npm start\`, or set DATABASE_URL`);
  const database = connect(url, { name: 'barkeep-doctor', max: 4 });
  try {
    process.exitCode = (await examine(database.pool, values.warnings)) === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

/** @returns how much is wrong */
async function examine(pool: pg.Pool, allWarnings: boolean): Promise<number> {
  const schema = await schemaState(pool);
  if (schema.state !== 'current')
    throw new UserError(
      `The schema is ${schema.state} (${schema.current ?? 'empty'}; this build knows ${schema.expected})`,
    );
  const halfAYear = new Date(Date.now() + 183 * DAY).toISOString().slice(0, 10);
  for (const { id, ends } of calendarsEndingBefore(halfAYear)) {
    terminal.line(`The calendar of ${id} ends ${ends}: update Barkeep, or run scripts/generate-calendars.py`);
  }
  const recounted = await recountDirty(pool);
  if (recounted > 0) terminal.line(`${recounted} sessions were changed by SQL: their coverage was recounted`);
  const series = await summariseSeries(pool);
  terminal.line(
    row('asset', 'bars', 'count', 'from', 'to', 'empty at provider', 'rejected', 'revised', 'indicators', 'coverage'),
  );
  let wrong = 0;
  const odd: string[] = [];
  for (const one of series) {
    if (one.bars === 0) continue;
    const stored = await readSeries(pool, one.assetId, one.timeframe);
    const differing = countWrongIndicators(stored, one);
    odd.push(...oddities(stored, one, await readActions(pool, one.assetId)));
    wrong += differing + one.wrongSessions;
    const verdict = (count: number, what: string) => (count === 0 ? 'equal' : `${count} ${what} WRONG`);
    terminal.line(
      row(
        one.symbol,
        one.timeframe,
        String(one.bars),
        day(one.first),
        day(one.last),
        String(one.pending),
        String(one.rejected),
        String(one.revisions),
        verdict(differing, 'bars'),
        verdict(one.wrongSessions, 'sessions'),
      ),
    );
  }
  const assets = new Set(series.map((one) => one.assetId)).size;
  const total = (pick: (one: SeriesSummary) => number) =>
    series.reduce((sum, one) => sum + pick(one), 0).toLocaleString('en');
  terminal.line(
    `${assets} assets, ${total((one) => one.bars)} bars, ${total((one) => one.pending)} slots empty at the provider, ${wrong === 0 ? 'nothing wrong' : `${wrong} WRONG`}`,
  );
  tellOddities(odd, allWarnings);
  return wrong;
}

/** Bars whose stored indicators differ, by a bit or more, from those computed from the whole series at once. */
function countWrongIndicators(stored: StoredSeries, { exchange }: SeriesSummary): number {
  const calendar = calendarOf(exchange);
  const fresh = storedIndicators({
    closes: stored.close,
    sessions: stored.session,
    from: 0,
    previousSession: (session) => calendar.previousSession(session)?.date ?? null,
    closeBefore: null,
  });
  const columns = ['sma20', 'sma50', 'barReturn', 'dailyReturn'] as const;
  return stored.time.filter((_, i) => columns.some((column) => stored[column][i] !== fresh[column][i])).length;
}

/** What is odd beside its neighbours and not explained by a split or dividend, a line each, oldest first. */
function oddities(stored: StoredSeries, { symbol, timeframe }: SeriesSummary, actions: SessionAction[]): string[] {
  const tell = (when: string, rule: string, details: WarningDetails) =>
    `${symbol} ${timeframe} ${when} ${rule} ${Object.entries(details)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`;
  const bars = neighbourWarnings(stored, TIMEFRAME_MS[timeframe])
    .filter((warning) => !explanationOf(warning, actions))
    .map(({ time, rule, details }) => tell(new Date(time).toISOString().slice(0, 16), rule, details));
  if (timeframe !== '1d') return bars;
  const dividends = actions.flatMap((action) => (action.kind === 'dividend' ? [action] : []));
  return [
    ...bars,
    ...dividendWarnings(dividends, stored).map(({ session, rule, details }) => tell(session, rule, details)),
  ];
}

function tellOddities(odd: string[], all: boolean): void {
  if (odd.length === 0) return terminal.line('Nothing is odd beside its neighbours');
  const shown = all ? odd : odd.slice(-FEW);
  terminal.line(
    `${odd.length} odd beside their neighbours; they may be right${all || odd.length <= FEW ? '' : ` (--warnings shows all)`}:`,
  );
  for (const line of shown) terminal.line(`  ${line}`);
}

const day = (date: Date | null) => date?.toISOString().slice(0, 10) ?? '–';
const WIDTHS = [8, 5, 8, 11, 11, 18, 9, 8, 18, 18];
const row = (...cells: string[]) =>
  cells
    .map((cell, i) => cell.padEnd(WIDTHS[i]!))
    .join(' ')
    .trimEnd();

main().catch((error: unknown) => {
  terminal.line(
    error instanceof UserError || (error as Error).name === 'EnvError'
      ? (error as Error).message
      : String((error as Error).stack ?? error),
  );
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
});
