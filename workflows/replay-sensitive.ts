/*
 * Numbers that decide which commands a workflow gives, and in which order. A worker rebuilds a running workflow by
 * replaying its history: if the code then gives other commands than the history holds, the run hangs with a
 * DeterminismViolationError. So a change here needs `patched()` (workflows/patches.ts), and test/replay must still pass.
 *
 * The same holds for the rules of domain/outage.ts and the grids of config/catalog/schedules.ts, which workflows apply.
 * Time-outs and retries do not matter to a replay: they are in workflows/timeouts-and-retries.ts.
 */
import type { MAX_CONCURRENCY } from '../contracts/backfill-updates.js';

/** Requests that one run has in progress at a time; the providers' own limits are narrower. */
export const CONCURRENCY: typeof MAX_CONCURRENCY = 64;

/** Up to this many requests, a run transforms and loads each by itself; beyond it, in groups of this size. */
export const GROUP_SIZE = 25;

/** Requests that are planned at a time: keeps the history of one execution far below Temporal's limits. */
export const PAGE_SIZE = 200;

/** A backfill requests slots that came back empty again after these pauses. Later, heals do, with a back-off of their own. */
export const BACKFILL_PAUSES_MS = [65_000, 125_000] as const;

/** A backfill records this often what it has done, while a page is in progress. */
export const RECORD_MS = 15_000;

/** A backfill that waits for approval gives up after this. */
export const APPROVAL_MS = 7 * 24 * 60 * 60_000;

/** A run that starts this long after its scheduled time was started by `temporal schedule backfill`. */
export const BACKFILL_AFTER_MS = 10 * 60_000;
