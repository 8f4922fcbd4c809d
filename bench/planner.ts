import { EXCHANGES } from '../config/catalog/exchanges.js';
import { seriesLimits } from '../config/catalog/providers.js';
import { calendarOf, type Session } from '../domain/calendars/index.js';
import { slotsOf } from '../domain/calendars/slots.js';
import { planLiveWindow } from '../domain/planning/live-window.js';
import type { SeriesPlanInput, SessionCoverage } from '../domain/planning/plan-input.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { DAY, MINUTE } from '../domain/timeframe.js';
import type { Benchmark, Run } from './benchmark.js';
import { timed } from './measure.js';
import { latestSessions } from './stocks.js';

const ASSETS = 10_000;
const HOLES = 3;

/** As the database returns it: a complete session has no bits. */
const COMPLETE: SessionCoverage = {
  ...{ filled: '', answered: '', empty: '', lost: '' },
  ...{ attempts: 0, nextAttemptAt: null, verifiedAt: null },
};

/** Coverage of the last month before `now`: complete sessions, a few with a hole, and the running one. */
function coverageOf(sessions: readonly Session[], now: number, asset: number): Map<string, SessionCoverage> {
  const coverage = new Map(sessions.map(({ date }) => [date, COMPLETE]));
  const today = sessions.at(-1)!;
  const closedMinutes = Math.floor((now - today.open) / MINUTE) - 1;
  coverage.set(
    today.date,
    bits(today, (slot) => slot < closedMinutes),
  );
  for (let hole = 0; hole < HOLES; hole++) {
    const session = sessions[(asset * 7 + hole * 5) % (sessions.length - 1)]!;
    coverage.set(
      session.date,
      bits(session, (slot) => slot !== (asset + hole * 100) % 390),
    );
  }
  return coverage;
}

function bits({ open, close }: Session, isFilled: (slot: number) => boolean): SessionCoverage {
  const filled = Array.from({ length: (close - open) / MINUTE }, (_, slot) => (isFilled(slot) ? '1' : '0')).join('');
  return { ...COMPLETE, filled, answered: filled };
}

/** Two hours into the session after the last of `sessions`. */
function inputsOf(sessions: readonly Session[]): SeriesPlanInput[] {
  const now = sessions.at(-1)!.open + 120 * MINUTE + 10_000;
  return Array.from({ length: ASSETS }, (_, asset) => ({
    calendar: calendarOf('XNYS'),
    timeframe: '1m',
    limits: seriesLimits('yahoo', '1m'),
    delayMs: EXCHANGES.XNYS.delayMs,
    coverage: coverageOf(sessions, now, asset),
    beginsAt: sessions[0]!.open,
    range: { from: now - 7 * DAY, to: now },
    asOf: now,
    now,
    wallNow: now,
  }));
}

/** What any planner has to read: the slots of the incomplete sessions. */
function listSlots(inputs: readonly SeriesPlanInput[]): number {
  let slots = 0;
  for (const { calendar, timeframe, coverage, range } of inputs) {
    for (const session of calendar.sessionsBetween(range.from, range.to))
      if (coverage.get(session.date)?.filled !== '') slots += slotsOf(calendar.id, timeframe, session).length;
  }
  return slots;
}

async function measureRun(inputs: readonly SeriesPlanInput[]): Promise<Run> {
  const month = inputs.map((input) => ({ ...input, range: { from: input.beginsAt!, to: input.asOf } }));
  const live = await timed(() => inputs.filter((input) => planLiveWindow(input) !== null).length);
  const heal = await timed(() => month.reduce((sum, input) => sum + planWindows(input).length, 0));
  const peer = await timed(() => listSlots(inputs));
  if (live.result !== ASSETS || heal.result < ASSETS) throw new Error('not every asset has a window');
  return [
    {
      name: 'live run: one window per asset',
      value: live.ms,
      unit: 'ms',
      note: `${(live.ms / peer.ms).toFixed(1)} times the peer`,
    },
    { name: `heal: a month with ${HOLES} holes per asset`, value: heal.ms, unit: 'ms', note: `${heal.result} windows` },
    { name: 'peer: listing the slots that a live run reads', value: peer.ms, unit: 'ms' },
  ];
}

export const plannerBenchmark: Benchmark = {
  name: 'planner',
  description:
    `Plans the requests for ${ASSETS.toLocaleString('en')} stocks of 1m bars, two hours into a session: the one window of a live run, which looks ` +
    'back over a week, and the windows that fill the holes of a month. Pure code on one core, with coverage in memory; the first run includes warm-up.',
  async measure({ runs }) {
    const inputs = inputsOf(latestSessions(21, Date.now()));
    const results: Run[] = [];
    for (let run = 0; run < runs; run++) results.push(await measureRun(inputs));
    return results;
  },
};
