import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { HealPlanInput, LivePlanInput, Plan } from '../../contracts/activities.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { bars, down, fakes, idOf } from '../fake-activities.js';
import { type FakeWorkers, startFakeWorkers } from './workflows-fixture.js';

let env: FakeWorkers['env'];
let withActivities: FakeWorkers['withActivities'];
let start: FakeWorkers['start'];
let run: FakeWorkers['run'];
let close: FakeWorkers['close'];
beforeAll(async () => {
  ({ env, withActivities, start, run, close } = await startFakeWorkers());
});
afterAll(() => close());

const ids = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const planOf = (assetIds: number[], change: Partial<Plan> = {}): Plan => ({
  ...{ requests: assetIds.map((id) => bars(id)), skipped: null, more: false, waiting: 0 },
  ...change,
});

/** A plan of so many assets: beyond the limit it names them, and plans a page when asked for one. */
function manyAssets(count: number, pages: LivePlanInput[] = []) {
  return ({ assetIds, limit, ...rest }: LivePlanInput): Promise<Plan> => {
    if (assetIds) pages.push({ assetIds, limit, ...rest });
    if (assetIds) return Promise.resolve(planOf(assetIds));
    return Promise.resolve(count > limit! ? planOf([], { assetIds: ids(count) }) : planOf(ids(count)));
  };
}

/** Bytes of the largest argument or result, and events, of a workflow. */
async function historyOf(workflowId: string): Promise<{ events: number; largest: number; children: number }> {
  const { events } = await env.client.workflow.getHandle(workflowId).fetchHistory();
  const sizes = events!.flatMap((event) =>
    [
      event.activityTaskScheduledEventAttributes?.input,
      event.activityTaskCompletedEventAttributes?.result,
      event.startChildWorkflowExecutionInitiatedEventAttributes?.input,
      event.childWorkflowExecutionCompletedEventAttributes?.result,
    ].flatMap((payloads) => payloads?.payloads?.map(({ data }) => data?.length ?? 0) ?? []),
  );
  const children = events!.filter((event) => event.childWorkflowExecutionStartedEventAttributes).length;
  return { events: events!.length, largest: Math.max(...sizes), children };
}

describe('a live run with many assets', () => {
  it('ingests them in child workflows of a page each, in their order, and adds them up in its one row', async () => {
    const pages: LivePlanInput[] = [];
    let opened = 0;
    const { activities, closed } = fakes({
      planLive: manyAssets(450, pages),
      openRun: () => Promise.resolve({ nominalAt: 0, asOf: 10_000, supersededBy: (opened++, null) }),
    });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.stocks, { pipeline: 'stocks_1min' });
      expect(await handle.result()).toMatchObject({ status: 'succeeded', assetsOk: 450, rowsInserted: 900 });
      expect(await historyOf(handle.workflowId)).toMatchObject({ children: 3 });
      expect(pages.map(({ assetIds }) => assetIds)).toEqual([
        ids(450).slice(0, 200),
        ids(450).slice(200, 400),
        ids(450).slice(400),
      ]);
      expect(new Set(pages.map((page) => page.run!.workflowId))).toEqual(new Set([handle.workflowId]));
    });
    expect(opened).toBe(1);
    expect(closed).toHaveLength(1);
  });

  it('has no child for a page of assets', async () => {
    const { activities } = fakes({ planLive: manyAssets(200) });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.stocks, { pipeline: 'stocks_1min' });
      await handle.result();
      expect(await historyOf(handle.workflowId)).toMatchObject({ children: 0 });
    });
  });

  it('keeps every history below 10,000 events and every payload below 256 KiB with 10,000 assets', async () => {
    const { activities } = fakes({
      planLive: ({ assetIds }) =>
        Promise.resolve(assetIds ? planOf([]) : planOf([], { assetIds: ids(10_000).map((id) => 1_000_000 + id) })),
    });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.stocks, { pipeline: 'stocks_1min' });
      await handle.result();
      const { events, largest, children } = await historyOf(handle.workflowId);
      expect(children).toBe(50);
      expect(events).toBeLessThan(1_000);
      expect(largest).toBeLessThan(256 * 1024);
    });
  });

  it('fails the assets of a page that cannot be planned, and goes on with the others', async () => {
    const many = manyAssets(300);
    const { activities, closed } = fakes({
      planLive: (input) =>
        input.assetIds?.includes(1) ? Promise.reject(ApplicationFailure.nonRetryable('no plan', 'Bug')) : many(input),
    });
    await withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(closed).toMatchObject([{ status: 'partial', assetsOk: 100, assetsFailed: 200, errorType: 'Bug' }]);
  });

  it('is skipped if its pages have nothing to request', async () => {
    const { activities, closed } = fakes({
      planLive: ({ assetIds }) => Promise.resolve(assetIds ? planOf([]) : planOf([], { assetIds: ids(300) })),
    });
    await withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(closed).toMatchObject([
      { status: 'skipped', errorMessage: 'others have requested everything meanwhile', errorType: null },
    ]);
  });

  it('cancels its page when it is cancelled', async () => {
    let extracting: () => void;
    const begun = new Promise<void>((resolve) => (extracting = resolve));
    const { activities, closed } = fakes({
      planLive: manyAssets(300),
      extract: () => {
        extracting();
        return Promise.reject(down('ProviderUnavailable', false));
      },
    });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.crypto, { pipeline: 'stocks_1min' });
      await begun;
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
      const page = await env.client.workflow.getHandle(`${handle.workflowId}/planLive-1`).describe();
      expect(page.status.name).toBe('CANCELLED');
    });
    expect(closed).toEqual([expect.objectContaining({ status: 'cancelled' })]);
  });

  it('sends no more requests when the next run is near, and says so', async () => {
    const sent = new Set<number>();
    const { activities, closed } = fakes({
      planLive: () =>
        Promise.resolve(planOf(ids(65), { requestsPerSecond: 2, problems: [{ assetId: 100, problem: 'it is bad' }] })),
      extract: ({ request }) => {
        sent.add(idOf(request));
        // beyond the time for sending
        const failure = { type: 'ProviderUnavailable', message: 'HTTP 503', nextRetryDelay: '30s' } as const;
        return Promise.reject(ApplicationFailure.create(failure));
      },
    });
    const at = Math.floor((await env.currentTimeMs()) / MINUTE) * MINUTE + 10 * SECOND;
    const input = { pipeline: 'stocks_1min', at: new Date(at).toISOString() };
    await expect(withActivities(activities, () => run(WORKFLOWS.stocks, input))).rejects.toThrow(WorkflowFailedError);
    expect(sent.size).toBe(64); // those in progress at once
    expect(closed[0]!.errorMessage).toMatch(/ProviderUnavailable: provider outage.*64 of 64 assets/);
    expect(closed[0]!.errorMessage).toContain('the next run begins with the assets requested longest ago');
  });
});

describe('a scheduled run of a provider that takes no more than what a run has in progress at once', () => {
  it('sends all that it planned', async () => {
    const { activities, closed } = fakes({
      planLive: () => Promise.resolve(planOf(ids(60), { requestsPerSecond: 1 })),
    });
    const at = Math.floor((await env.currentTimeMs()) / MINUTE) * MINUTE + 10 * SECOND;
    await withActivities(activities, () =>
      run(WORKFLOWS.stocks, { pipeline: 'stocks_1min', at: new Date(at).toISOString() }),
    );
    expect(closed).toMatchObject([{ status: 'succeeded', assetsOk: 60, errorMessage: null }]);
  });
});

describe('a page whose time for sending is over', () => {
  it('still sends its probe, and takes nothing for a recovery but a request that succeeded', async () => {
    const sent: number[] = [];
    let ended = 0;
    const { activities } = fakes({
      planLive: ({ assetIds }) => Promise.resolve(planOf(assetIds!, { outages: ['yahoo'] })),
      extract: ({ request }) => {
        sent.push(idOf(request));
        return Promise.reject(down('SchemaDrift', true));
      },
      endOutage: () => {
        ended++;
        return Promise.resolve(false);
      },
    });
    const key = { workflowId: 'parent', runId: '00000000-0000-4000-8000-000000000001' };
    const planning = { pipeline: 'stocks_1min', trigger: 'schedule', nominalAt: 0, asOf: 0, assetIds: ids(5) };
    const plan = { activity: 'planLive', input: planning };
    const page = { run: key, plan, lane: 'live', retryProfile: 'nextRun', until: 1 };
    const result = await withActivities(activities, () => run(WORKFLOWS.page, page));
    expect(result).toMatchObject({ planned: 5, ingested: { requestsFailed: 1, requestsDone: 0 } });
    expect({ sent, ended }).toEqual({ sent: [1], ended: 0 });
  });
});

describe('a heal with many assets', () => {
  it('plans a page of assets at a time, each after the first in a child', async () => {
    const plans: HealPlanInput[] = [];
    const { activities, closed } = fakes({
      planHeal: (input) => {
        plans.push(input);
        const first = (input.after ?? 0) + 1;
        return Promise.resolve(planOf([first, first + 1], plans.length < 3 ? { more: true, next: first + 1 } : {}));
      },
    });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.heal, {});
      await handle.result();
      expect(await historyOf(handle.workflowId)).toMatchObject({ children: 2 });
    });
    expect(plans.map(({ after, limit }) => ({ after, limit }))).toEqual([
      { after: undefined, limit: 200 },
      { after: 2, limit: 200 },
      { after: 4, limit: 200 },
    ]);
    expect(closed).toMatchObject([{ status: 'succeeded', assetsOk: 6 }]);
  });

  it('loads stored payloads a page at a time', async () => {
    const limits: (number | undefined)[] = [];
    const payload = (id: number) => ({ payloadId: id, assetId: id, timeframe: '1m' as const, rows: 0 });
    const { activities, closed } = fakes({
      planReplay: ({ after = 0, limit }) => {
        limits.push(limit);
        return Promise.resolve(ids(after < 400 ? 200 : 7).map((id) => payload(after + id)));
      },
    });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.heal, {});
      await handle.result();
      expect(await historyOf(handle.workflowId)).toMatchObject({ children: 2 });
    });
    expect(limits).toEqual([200, 200, 200]);
    expect(closed).toMatchObject([{ assetsOk: 407 }]);
  });

  it('stops at a page whose requests all fail', async () => {
    let plans = 0;
    const { activities } = fakes({
      planHeal: () => Promise.resolve(planOf([++plans], { more: true, next: plans })),
      extract: () => Promise.reject(down('SchemaDrift', true)),
    });
    await expect(withActivities(activities, () => run(WORKFLOWS.heal, {}))).rejects.toThrow(WorkflowFailedError);
    expect(plans).toBe(1);
  });
});
