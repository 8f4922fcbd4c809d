import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesOf } from '../long-tests.js';
import type { PriceColumns } from '../../domain/bar.js';
import { compareSources } from '../../domain/agreement/compare-sources.js';
import type { CalendarId, Session } from '../../domain/calendars/calendar.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR, type StoredTimeframe } from '../../domain/timeframe.js';
import { freePort } from '../../cli/lib/ports.js';
import { eventually } from '../environment/eventually.js';
import { columnsOf, hanging, late } from '../two-sources.js';

/** Recorded minutes, as a stand-in for the providers tells them: what each source says of the same session. */
const server = fileURLToPath(new URL('../../../shared/replay/server.mjs', import.meta.url));
const NOW = '2026-11-25T22:00:00Z';
const SESSIONS = casesOf(20, 5);

/** Of the stand-in: the path of each source, and the timeframe that it has. */
interface Pair {
  name: string;
  calendar: CalendarId;
  source: [path: string, timeframe: StoredTimeframe];
  other: [path: string, timeframe: StoredTimeframe];
}
const stocks = ['SPY', 'NVDA', 'MSFT', 'GOOGL', 'PLTR', 'URTH', 'AAPL', 'TSLA', 'BRK-B', 'META'].flatMap(
  (symbol): Pair[] =>
    (['1m', '1d'] as const).map((timeframe) => ({
      name: `${symbol} ${timeframe}`,
      calendar: 'XNYS',
      source: [`${symbol}?interval=${timeframe}`, timeframe],
      other: [`${symbol}?source=alpaca&interval=${timeframe}`, timeframe],
    })),
);
const coins = ['bitcoin', 'ethereum', 'solana', 'ripple', 'dogecoin', 'cardano'].map((id): Pair => ({
  name: id,
  calendar: '24/7',
  source: [`${id}?interval=30m`, '30m'],
  other: [`${id}?source=coinbase`, '1m'],
}));

const describeWithServer = existsSync(server) ? describe : describe.skip;

describeWithServer('sources of recorded sessions', () => {
  let child: ChildProcess | undefined;
  let url = '';

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    child = spawn(process.execPath, [server, '--port', String(port), '--now', NOW], { stdio: 'ignore' });
    await eventually(async () => expect((await fetch(`${url}/__now`)).status).toBe(200));
  });
  afterAll(async () => {
    if (!child) return;
    child.kill();
    await once(child, 'exit');
  });

  const read = async (path: string, from: number, to: number): Promise<PriceColumns> => {
    const window = `&from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
    const answer = await fetch(`${url}/__truth/${path}${window}`, { headers: { connection: 'close' } });
    const rows = (await answer.json()) as [string, number, number, number, number, number | null][];
    return columnsOf(
      rows.map(([time, open, high, low, close, volume]) => ({
        ...{ time: Date.parse(time), open, high, low, close, volume },
      })),
    );
  };

  const compare = async (
    { calendar, source, other }: Pair,
    session: Session,
    fault: (bars: PriceColumns) => PriceColumns = (bars) => bars,
  ) => {
    const from = source[1] === '1d' ? Date.parse(session.date) - 5 * DAY : session.open;
    const to = source[1] === '1d' ? Date.parse(session.date) + 1 : session.close;
    return compareSources({
      ...{ calendar, session, splits: [] },
      source: { timeframe: source[1], bars: await read(source[0], from, to) },
      other: { timeframe: other[1], bars: fault(await read(other[0], from, to)) },
    }).finding;
  };

  const sessionsOf = (calendar: CalendarId) =>
    calendarOf(calendar)
      .sessionsBetween(Date.parse(NOW) - 40 * DAY, Date.parse(NOW))
      .filter(({ close }) => close < Date.parse(NOW))
      .slice(-SESSIONS);

  it.each([...stocks, ...coins])(`give no finding in ${SESSIONS} sessions of $name`, async (pair) => {
    for (const session of sessionsOf(pair.calendar)) expect(await compare(pair, session)).toBeNull();
  });

  const disagree = (query: string) => fetch(`${url}/__disagree?${query}`, { headers: { connection: 'close' } });

  it.each([
    ['SPY', stocks[0]!],
    ['bitcoin', coins[0]!],
  ] as const)('name the kind of a difference within the session: %s', async (symbol, pair) => {
    const session = sessionsOf(pair.calendar).at(-1)!;
    const noon = session.open + 3 * HOUR;
    const hour = { from: noon, to: noon + HOUR };
    const part = `&from=${new Date(noon).toISOString()}&to=${new Date(noon + HOUR).toISOString()}`;
    await disagree(`symbol=${symbol}&by=99`);
    expect(await compare(pair, session)).toMatchObject({ kind: 'unit' });
    await disagree(`symbol=${symbol}&by=99${part}`);
    expect(await compare(pair, session)).toMatchObject({ kind: 'unit', from: noon });
    await disagree(`symbol=${symbol}&by=0.01`);
    expect(await compare(pair, session)).toMatchObject({ kind: 'level', evidence: { ratio: expect.closeTo(1.01, 3) } });
    await disagree('clear=1');
    expect(await compare(pair, session, (bars) => late(bars, 1))).toMatchObject({
      ...{ kind: 'shift', evidence: { lagSeconds: 60 } },
    });
    expect(await compare(pair, session, (bars) => hanging(bars, hour))).toMatchObject({
      ...{ kind: 'stale', evidence: { side: 'other' } },
    });
    expect(await compare(pair, session)).toBeNull();
  });
});
