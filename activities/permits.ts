import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import { FAILURES, type FailureType } from '../contracts/failures.js';
import type { Lane } from '../contracts/queues.js';
import {
  type GatePolicy,
  LEASE_MS,
  type Permit,
  renewPermit,
  takePermit,
} from '../db/repositories/provider/provider-gate.js';
import { retryLater } from './failures.js';
import { sleepWaitingFor } from './waits.js';

/** The longest wait for a permit inside the activity, ms; for a longer one, the activity fails and Temporal retries it. */
const PERMIT_WAIT_MS = { live: 5_000, bulk: 15_000 } satisfies Record<Lane, number>;
/** Some of these may fail before the permit lapses. */
const RENEW_MS = LEASE_MS / 4;
const CHECK_MS = 200;
const RETRY_LAPSED_MS = 1_000;

/** The failure type of a block. Blocks from before the column existed were mostly 429s. */
const blockTypeOf = (type: string | null): FailureType =>
  type !== null && type in FAILURES ? (type as FailureType) : FAILURES.RateLimited;

/** What happened, what we do, and when we try again. @param now epoch ms */
export function blockMessage(
  provider: ProviderId,
  { reason, failures, waitMs }: { reason: string | null; failures: number; waitMs: number },
  now: number,
): string {
  const { name } = PROVIDERS[provider];
  // an error of a provider begins with its short name
  const what = reason?.replace(`${name.split(' ')[0]}: `, '') ?? 'it failed';
  const times = failures > 1 ? ` (${failures} failures in a row)` : '';
  const until = new Date(now + waitMs).toISOString().slice(11, 19);
  return `${name}: ${what}${times}. No requests until ${until}Z; next try in ${Math.ceil(waitMs / 1000)} s.`;
}

/** As `blockMessage`, for a provider with which nothing is wrong. @param waitedMs for a permit, so far */
export const busyMessage = (provider: ProviderId, waitedMs: number, waitMs: number): string =>
  `${PROVIDERS[provider].name} is busy with our other requests: no permit within ${Math.round(waitedMs / 1000)} s. ` +
  `Next try in ${Math.ceil(waitMs / 1000)} s.`;

/** Waits for a permit. @throws ApplicationFailure of the type that caused the block, or PermitBusy if the wait is too long; to be retried later */
export async function waitForPermit(
  pool: pg.Pool,
  provider: ProviderId,
  gate: Record<Lane, GatePolicy>,
  lane: Lane,
): Promise<Permit> {
  const deadline = performance.now() + PERMIT_WAIT_MS[lane];
  for (;;) {
    const taken = await takePermit(pool, provider, gate[lane]);
    if ('permit' in taken) return taken.permit;
    const retryMs = taken.waitMs + 50;
    if (taken.blocked) throw retryLater(blockTypeOf(taken.type), blockMessage(provider, taken, Date.now()), retryMs);
    if (performance.now() + taken.waitMs > deadline)
      throw retryLater(FAILURES.PermitBusy, busyMessage(provider, PERMIT_WAIT_MS[lane], taken.waitMs), retryMs);
    await sleepWaitingFor(
      `a permit of ${PROVIDERS[provider].name}, ${Math.ceil(taken.waitMs / 1000)} s away`,
      taken.waitMs,
    );
  }
}

/** The failure of a request whose permit lapsed: another request may have taken its place. */
export const permitLapsed = (provider: ProviderId) =>
  retryLater(
    FAILURES.PermitBusy,
    `the permit for a request to ${PROVIDERS[provider].name} lapsed: this worker was frozen, or cut off from the database, for ` +
      `${LEASE_MS / 1000} s. Next try in ${RETRY_LAPSED_MS / 1000} s.`,
    RETRY_LAPSED_MS,
  );

/**
 * Sends a request while its permit is held: renews it until the request ends. If the permit lapses nevertheless, as it
 * does in a frozen worker, the request is aborted: another may have taken its place.
 * @param permit its lease changes when it is renewed
 * @throws what `send` throws; ApplicationFailure, to be retried, if the permit lapsed
 */
export async function whileHeld<T>(
  pool: pg.Pool,
  permit: Permit,
  cancellation: AbortSignal,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lapse = new AbortController();
  const end = new AbortController();
  const check = () => {
    if (performance.now() >= permit.lapsesAt) lapse.abort(permitLapsed(permit.provider));
  };
  const checking = setInterval(check, CHECK_MS);
  const renewing = keepRenewing(pool, permit, end.signal);
  try {
    check();
    lapse.signal.throwIfAborted();
    return await send(AbortSignal.any([cancellation, lapse.signal]));
  } catch (error) {
    check(); // what failed after that says nothing about the provider
    if (!cancellation.aborted) lapse.signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(checking);
    end.abort();
    await renewing;
  }
}

async function keepRenewing(pool: pg.Pool, permit: Permit, end: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(RENEW_MS, undefined, { signal: end }).catch(() => undefined);
    if (end.aborted) return;
    // what fails may succeed the next time
    await renewPermit(pool, permit).catch(() => undefined);
  }
}
