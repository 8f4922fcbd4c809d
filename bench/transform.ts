import { EXCHANGES } from '../config/catalog/exchanges.js';
import { seriesLimits } from '../config/catalog/providers.js';
import { calendarOf } from '../domain/calendars/index.js';
import type { Session } from '../domain/calendars/calendar.js';
import { DAY, type StoredTimeframe } from '../domain/timeframe.js';
import { transform } from '../domain/transform/transform.js';
import { createProviders } from '../providers/index.js';
import type { Benchmark, Figure } from './benchmark.js';
import { perSecond, timed } from './measure.js';
import { latestSessions } from './stocks.js';
import { yahooBody } from './yahoo-body.js';

/** Time for V8 to compile and optimise the code, which runs for hours in a worker. */
const WARM_UP_MS = 1_000;
const BARS_PER_RUN = 1_000_000;
/** Sends no request: only the parser is used. */
const { yahoo } = createProviders({ YAHOO_BASE_URL: 'http://127.0.0.1:1' });

/** Turns the bytes of a payload into final bars, as the transform activity does. @returns the number of bars */
function barsOf(body: Buffer, timeframe: StoredTimeframe, sessions: readonly Session[], now: number): number {
  const window = { from: sessions[0]!.open, to: sessions.at(-1)!.close };
  const raw = yahoo.parseBars(body, { providerSymbol: 'T0000', timeframe, window, now });
  const { bars } = transform(raw, {
    symbol: 'T0000',
    providerSymbol: 'T0000',
    currency: 'USD',
    calendar: calendarOf('XNYS'),
    timeframe,
    window,
    now,
    settleMs: seriesLimits('yahoo', timeframe).settleMs,
    delayMs: EXCHANGES.XNYS.delayMs,
  });
  return bars.time.length;
}

async function measureOne(name: string, timeframe: '1m' | '1d', sessions: readonly Session[]): Promise<Figure> {
  const now = Date.now();
  const body = yahooBody('T0000', timeframe, sessions, 1);
  const once = () => barsOf(body, timeframe, sessions, now);
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end;) once();
  const { ms, result } = await timed(() => {
    let bars = 0;
    while (bars < BARS_PER_RUN) bars += once();
    return bars;
  });
  return {
    name,
    value: perSecond(result, ms),
    unit: 'bars/s',
    note: `${(body.length / 1024).toFixed(0)} KiB per body`,
  };
}

export const transformBenchmark: Benchmark = {
  name: 'transform',
  description:
    'From the bytes of a Yahoo payload to final bars: JSON parse, schema check, float32 repair, rules, calendar slots, ' +
    'coverage. One core, no I/O.',
  async measure({ runs }) {
    const now = Date.now();
    const week = latestSessions(7, now);
    const years = calendarOf('XNYS').sessionsBetween(now - 20 * 365 * DAY, now - DAY);
    const results: Figure[][] = [];
    for (let run = 0; run < runs; run++) {
      results.push([
        await measureOne('7 sessions of 1m bars', '1m', week),
        await measureOne('20 years of 1d bars', '1d', years),
      ]);
    }
    return results;
  },
};
