import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../timeframe.js';
import { liveFreshness, type LiveRate, requestsPerRun, sendingMs, stalestFirst } from './live-budget.js';

const RATE: LiveRate = { requestsPerSecond: 8, intervalMs: MINUTE };
const IN_PROGRESS = 64;

/** Runs of a live pipeline, one a minute, each as the workflow does it: what it requested when. */
function simulate(assets: number, runs: number): Map<number, number[]> {
  const requests = new Map(Array.from({ length: assets }, (_, id) => [id, [] as number[]]));
  let freeAt = 0;
  for (let run = 0; run < runs; run++) {
    const startsAt = run * RATE.intervalMs;
    expect(freeAt).toBeLessThanOrEqual(startsAt); // one run at a time
    const wanted = stalestFirst([...requests.keys()], (id) => requests.get(id)!.at(-1));
    const sent: number[] = [];
    for (const id of wanted.slice(0, requestsPerRun(RATE))) {
      // the next is sent when one of those in progress has ended
      const sentAt = Math.max(startsAt, sent.at(-IN_PROGRESS) ?? startsAt);
      if (sentAt > startsAt + sendingMs(RATE, IN_PROGRESS)) break;
      freeAt = Math.max(freeAt, startsAt) + SECOND / RATE.requestsPerSecond;
      sent.push(freeAt);
      requests.get(id)!.push(freeAt);
    }
  }
  return requests;
}

describe('a live pipeline with more assets than its provider serves in an interval', () => {
  it.each([500, 800, 3_000])('requests %d assets equally often, none later than a round and an interval', (assets) => {
    const times = [...simulate(assets, 60).values()];
    const counts = times.map(({ length }) => length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const longest = Math.max(...times.flatMap((of) => of.map((at, i) => at - (of[i - 1] ?? 0))));
    expect(longest).toBeLessThanOrEqual(liveFreshness(assets, RATE).withinMs);
  });

  it('requests all of 400 assets in every run', () => {
    expect([...simulate(400, 10).values()].every(({ length }) => length === 10)).toBe(true);
  });
});

describe('freshness', () => {
  it('is N ÷ R plus one interval', () => {
    expect(liveFreshness(800, RATE)).toEqual({ roundMs: 100 * SECOND, withinMs: 160 * SECOND, keepsUp: false });
    expect(liveFreshness(7, RATE)).toEqual({ roundMs: 875, withinMs: 60_875, keepsUp: true });
  });
});

describe('a run', () => {
  it('is over before the next one', () => {
    expect(sendingMs(RATE, IN_PROGRESS)).toBe(49 * SECOND);
    expect(sendingMs({ requestsPerSecond: 0.66, intervalMs: 20 * MINUTE }, IN_PROGRESS)).toBeGreaterThan(18 * MINUTE);
    expect(sendingMs({ requestsPerSecond: 0.1, intervalMs: MINUTE }, IN_PROGRESS)).toBe(0); // what is in progress at once
  });
  it('plans what its provider takes, and never more than fits a payload', () => {
    expect(requestsPerRun(RATE)).toBe(480);
    expect(requestsPerRun({ requestsPerSecond: 0.001, intervalMs: MINUTE })).toBe(1);
    expect(requestsPerRun({ requestsPerSecond: 100_000, intervalMs: MINUTE })).toBe(20_000);
  });
});
