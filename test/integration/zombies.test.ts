import { beforeEach, describe, expect, it, vi } from 'vitest';
import { asAttempt, fenced } from '../../activities/fence.js';
import { recordSteps, type RunStep } from '../../db/repositories/runs/runs.js';
import { inTransaction } from '../../db/transaction.js';
import { RUN_ID } from '../factories.js';
import { eventually } from '../environment/eventually.js';
import { useStore } from '../environment/store.js';

const store = useStore();

/** What a worker that is alive does. */
const settle = () => eventually(() => asAttempt(() => Promise.resolve()));
beforeEach(settle);

/** Stops this process as SIGSTOP does: neither code nor timers run. */
const freeze = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const OUTAGE = `update provider_state set outage_since = now(), outage_symptom = 'BadContent' where provider = 'yahoo'`;
const outage = async () => {
  const { rows } = await store.pool.query<{ symptom: string | null }>(
    `select outage_symptom as symptom from provider_state where provider = 'yahoo'`,
  );
  return rows[0]!.symptom;
};

describe('an attempt of an activity in a worker that was frozen and goes on', () => {
  it('changes nothing any more', async () => {
    const pool = fenced(store.pool);
    const zombie = asAttempt(async () => {
      await pool.query('select 1');
      freeze(4_000);
      await pool.query(OUTAGE);
    });
    await expect(zombie).rejects.toMatchObject({ type: 'TimedOut', nonRetryable: false });
    expect(await outage()).toBeNull();
  });

  it('begins no transaction either, and what has just arrived is not started', async () => {
    const pool = fenced(store.pool);
    const zombie = asAttempt(async () => {
      freeze(4_000);
      await inTransaction(pool, (tx) => tx.query(OUTAGE));
    });
    await expect(zombie).rejects.toMatchObject({ type: 'TimedOut' });
    let started = false;
    await expect(asAttempt(() => Promise.resolve((started = true)))).rejects.toMatchObject({ type: 'TimedOut' });
    expect(started).toBe(false);
    expect(await outage()).toBeNull();
    // what arrives later was meant for a worker that is alive
    await settle();
  });

  it('is noticed by the wall clock too, and a clock that was set delays nothing for long', async () => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    try {
      await expect(asAttempt(() => Promise.resolve())).rejects.toMatchObject({ type: 'TimedOut' });
      await settle();
    } finally {
      clock.mockRestore();
    }
  });

  it('does not replace the step of its successor', async () => {
    const step = (attempts: number, status: 'ok' | 'failed'): RunStep => ({
      ...{ workflowId: 'w', runId: RUN_ID, activityId: '1', item: 0, step: 'load', assetId: null, timeframe: null },
      ...{ status, attempts, startedAt: 0, durationMs: 1, rows: 0, errorType: null, errorMessage: null },
    });
    for (const one of [step(1, 'failed'), step(2, 'ok'), step(1, 'failed')]) await recordSteps(store.pool, [one]);
    const { rows } = await store.pool.query('select status, attempts from pipeline_run_steps');
    expect(rows).toEqual([{ status: 'ok', attempts: 2 }]);
  });
});

it('an attempt in a worker that is merely busy goes on', async () => {
  const pool = fenced(store.pool);
  const busy = asAttempt(async () => {
    freeze(1_000);
    return (await pool.query<object>('select 1 as one')).rows;
  });
  await expect(busy).resolves.toEqual([{ one: 1 }]);
});
