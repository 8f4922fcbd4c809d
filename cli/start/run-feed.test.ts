import { describe, expect, it } from 'vitest';
import type { FinishedRun } from '../../db/repositories/runs/finished-runs.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { RunLines } from './run-feed.js';

const NOON = new Date(2026, 10, 23, 12, 0, 0).getTime();

function run(minute: number, differs: Partial<FinishedRun> = {}): FinishedRun {
  const finishedAt = new Date(NOON + minute * MINUTE);
  return {
    ...{ workflowId: 'w', runId: String(minute), pipeline: 'stocks_1min', trigger: 'schedule', status: 'succeeded' },
    ...{ nominalAt: finishedAt, scheduledAt: finishedAt, startedAt: finishedAt, finishedAt, durationMs: 812 },
    ...{ rowsExtracted: 42, rowsInserted: 7, rowsUpdated: 0, rowsUnchanged: 35, rowsRejected: 0 },
    ...{
      assetsOk: 7,
      assetsFailed: 0,
      requestsTotal: null,
      requestsDone: null,
      requestsFailed: null,
      errorType: null,
      errorMessage: null,
    },
    ...differs,
  };
}
const lines = () => new RunLines({ colour: (_, text) => text });
const skippedRun = (minute: number) => run(minute, { status: 'skipped', errorMessage: 'markets closed' });

describe('the line of a run', () => {
  it('shows what was stored and how long it took', () => {
    expect(lines().of(run(0))).toEqual(['12:00:00 stocks_1min  succeeded 7/7 assets  +7 bars  0.8 s']);
  });

  it('shows why a run failed, on one line', () => {
    const failed = run(0, {
      ...{ status: 'failed', assetsOk: 0, assetsFailed: 7, rowsInserted: 0, durationMs: 95_000 },
      ...{ errorType: 'RateLimited', errorMessage: 'HTTP 429\n  slow down' },
    });
    expect(lines().of(failed)).toEqual([
      '12:00:00 stocks_1min  failed    0/7 assets  +0 bars  1 min 35 s  RateLimited  HTTP 429 slow down',
    ]);
  });

  it('reports the first skipped run, then summarises hourly', () => {
    const feed = lines();
    const shown = Array.from({ length: 121 }, (_, minute) => feed.of(skippedRun(minute))).flat();
    expect(shown).toHaveLength(1 + (2 * HOUR) / HOUR);
    expect(shown[0]).toContain('markets closed (further skips are summarised hourly)');
    expect(shown[2]).toContain('121 runs since 12:00:00: markets closed');
  });

  it('reports again when runs are skipped after a run that was not', () => {
    const feed = lines();
    const shown = [skippedRun(0), skippedRun(1), run(2), skippedRun(3)].flatMap((each) => feed.of(each));
    expect(shown).toHaveLength(3);
  });
});
