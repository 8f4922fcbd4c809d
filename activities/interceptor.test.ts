import { describe, expect, it } from 'vitest';
import type { Context } from '@temporalio/activity';
import type pg from 'pg';
import pino from 'pino';
import type { Plan } from '../contracts/activities.js';
import { ActivityInterceptor } from './interceptor.js';

const run = { workflowId: 'stocks', runId: '00000000-0000-4000-8000-000000000001' };
const REQUEST = { kind: 'quotes' as const, provider: 'coingecko' as const, providerSymbols: ['bitcoin'] };
const PROBLEMS = [{ assetId: 9, problem: 'asset 9 ACME: unknown exchange XLON' }];

/** The columns of the steps that are recorded while planLive returns this. */
async function recorded(
  plan: Pick<Plan, 'requests' | 'problems' | 'assetIds'>,
  args: unknown[],
): Promise<unknown[] | undefined> {
  let values: unknown[] | undefined;
  const pool = { query: (query: { values: unknown[] }) => Promise.resolve(void ({ values } = query)) };
  const info = { activityType: 'planLive', activityId: '2', attempt: 1, workflowExecution: run };
  const context = { info, heartbeat: () => undefined } as unknown as Context;
  const closures = { refresh: () => Promise.resolve() };
  const log = pino({ level: 'silent' });
  const interceptor = new ActivityInterceptor(context, pool as unknown as pg.Pool, closures, log);
  await interceptor.execute({ args, headers: {} }, () => Promise.resolve(plan));
  return values;
}

describe('the steps of a run', () => {
  it('name each asset that its plan leaves out for a bad row, with the reason', async () => {
    for (const planned of [{ requests: [REQUEST] }, { requests: [], assetIds: [1, 2] }]) {
      const values = await recorded({ ...planned, problems: PROBLEMS }, [{ run }]);
      expect(values).toEqual(expect.arrayContaining([[9], ['failed'], ['InvalidInput'], [PROBLEMS[0]!.problem]]));
    }
  });
  it('are none for a plan without problems, one that is skipped, and one of an older workflow', async () => {
    expect(await recorded({ requests: [REQUEST] }, [{ run }])).toBeUndefined();
    expect(await recorded({ requests: [], problems: PROBLEMS }, [{ run }])).toBeUndefined();
    expect(await recorded({ requests: [REQUEST], problems: PROBLEMS }, [{}])).toBeUndefined();
  });
});
