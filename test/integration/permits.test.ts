import { beforeEach, describe, expect, it } from 'vitest';
import { whileHeld } from '../../activities/permits.js';
import {
  type GatePolicy,
  type Permit,
  releasePermit,
  takePermit,
} from '../../db/repositories/provider/provider-gate.js';
import { useStore } from '../environment/store.js';

const store = useStore({ isEmptied: false });
const POLICY: GatePolicy = { burst: 5, windowMs: 100, maxInFlight: 3, monthlyQuota: null };
const never = new AbortController().signal;

let permit: Permit;
beforeEach(async () => {
  await store.pool.query(`update provider_state set ends = '{}', leases = '{}', blocked_until = '-infinity'`);
  const decision = await takePermit(store.pool, 'yahoo', POLICY);
  if (!('permit' in decision)) throw new Error('no permit');
  permit = decision.permit;
});

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('a request that holds a permit', () => {
  it('holds it for as long as the request takes', async () => {
    const { lease } = permit;
    await whileHeld(store.pool, permit, never, async () => {
      while (permit.lease === lease) await new Promise((resolve) => setTimeout(resolve, 50));
    });
    expect(await releasePermit(store.pool, permit)).toBe(true);
  });

  it('is aborted when the permit lapses, and tried again, as nothing is wrong with the provider', async () => {
    permit.lapsesAt = performance.now() + 300;
    await expect(whileHeld(store.pool, permit, never, untilAborted)).rejects.toMatchObject({
      type: 'PermitBusy',
      nonRetryable: false,
      message: expect.stringMatching(/lapsed/),
    });
  });

  it('is not sent by a worker that was frozen in between', async () => {
    permit.lapsesAt = performance.now() - 1;
    let sent = 0;
    await expect(whileHeld(store.pool, permit, never, () => Promise.resolve(sent++))).rejects.toMatchObject({
      type: 'PermitBusy',
    });
    expect(sent).toBe(0);
  });

  it('does not blame the provider for what fails after the permit has lapsed', async () => {
    const failing = () => {
      permit.lapsesAt = performance.now() - 1;
      return Promise.reject(new Error('no complete response within 12000 ms'));
    };
    await expect(whileHeld(store.pool, permit, never, failing)).rejects.toMatchObject({ type: 'PermitBusy' });
  });

  it('stays cancelled if it is cancelled', async () => {
    const cancellation = new AbortController();
    const running = whileHeld(store.pool, permit, cancellation.signal, untilAborted);
    cancellation.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
  });
});
