import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/client.js';
import { type FinishedRun, runsFinishedAfter } from '../../db/repositories/runs/finished-runs.js';
import { counted } from '../../domain/in-words.js';
import type { RunStatus } from '../../domain/run.js';
import { HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import type { Terminal } from '../lib/terminal.js';

/** A run becomes visible at most this long after its `finished_at`, which is set before its transaction commits. */
const LATE_MS = 30 * SECOND;
const POLL_INTERVAL_MS = SECOND;
const MAX_MESSAGE_LENGTH = 160;
/** Width of the pipelines' names; the longest is `crypto_20min`. */
const NAME_WIDTH = 12;
const STATUS_WIDTH = 9;

/** Prints a line for each run that finishes, until `signal` is aborted. */
export async function followRuns(database: Database, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const lines = new RunLines(terminal);
  let seen = new Map<string, number>();
  let since = Date.now();
  while (!signal.aborted) {
    try {
      const runs = await runsFinishedAfter(database.pool, new Date(since - LATE_MS));
      for (const run of runs.filter(
        ({ runId, finishedAt }) => !seen.has(runId) && finishedAt.getTime() > since - LATE_MS,
      )) {
        for (const line of lines.of(run)) terminal.line(line);
        seen.set(run.runId, run.finishedAt.getTime());
        since = Math.max(since, run.finishedAt.getTime());
      }
      seen = new Map([...seen].filter(([, at]) => at > since - LATE_MS));
    } catch {
      // the database is restarting: the next round finds the runs that this one missed
    }
    await delay(POLL_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

interface Quiet {
  skipped: number;
  since: number;
  shownAt: number;
}

/** The lines for finished runs. Skipped runs, one a minute while an exchange is closed, are shown once and then summarised hourly. */
export class RunLines {
  private readonly terminal: Pick<Terminal, 'colour'>;
  private readonly quiet = new Map<string, Quiet>();

  constructor(terminal: Pick<Terminal, 'colour'>) {
    this.terminal = terminal;
  }

  /** The lines to print for a run; may be none. */
  of(run: FinishedRun): string[] {
    if (run.status === 'skipped') return this.skipped(run);
    this.quiet.delete(run.pipeline);
    return [`${clock(run.finishedAt)} ${run.pipeline.padEnd(NAME_WIDTH)} ${this.status(run.status)} ${details(run)}`];
  }

  private skipped(run: FinishedRun): string[] {
    const now = run.finishedAt.getTime();
    const quiet = this.quiet.get(run.pipeline);
    const start = `${clock(run.finishedAt)} ${run.pipeline.padEnd(NAME_WIDTH)} ${this.status('skipped')}`;
    const why = run.errorMessage ?? run.errorType ?? 'nothing to do';
    if (!quiet) {
      this.quiet.set(run.pipeline, { skipped: 1, since: now, shownAt: now });
      return [`${start} ${why} (further skips are summarised hourly)`];
    }
    quiet.skipped += 1;
    if (now - quiet.shownAt < HOUR) return [];
    quiet.shownAt = now;
    return [`${start} ${counted(quiet.skipped, 'run')} since ${clock(new Date(quiet.since))}: ${why}`];
  }

  private status(status: RunStatus): string {
    const colour =
      status === 'succeeded' ? 'green' : status === 'skipped' ? 'dim' : status === 'partial' ? 'yellow' : 'red';
    return this.terminal.colour(colour, status.padEnd(STATUS_WIDTH));
  }
}

function details(run: FinishedRun): string {
  const assets = run.assetsOk + run.assetsFailed;
  const parts = [
    assets > 0 ? `${run.assetsOk}/${counted(assets, 'asset')}` : '',
    `+${counted(run.rowsInserted, 'bar')}`,
    run.rowsUpdated > 0 ? `${run.rowsUpdated} corrected` : '',
    run.rowsRejected > 0 ? `${run.rowsRejected} rejected` : '',
    run.durationMs === null ? '' : duration(run.durationMs),
    run.errorType ?? '',
    run.errorMessage ? oneLine(run.errorMessage) : '',
  ];
  return parts.filter((part) => part !== '').join('  ');
}

const clock = (instant: Date): string => instant.toLocaleTimeString('en-GB');
const duration = (ms: number): string =>
  ms < MINUTE
    ? `${(ms / SECOND).toFixed(1)} s`
    : `${Math.floor(ms / MINUTE)} min ${Math.round((ms % MINUTE) / SECOND)} s`;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, MAX_MESSAGE_LENGTH);
