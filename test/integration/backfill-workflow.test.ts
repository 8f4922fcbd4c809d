import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Context } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../activities/index.js';
import type { BackfillPlan, BackfillPlanInput, RecordProgressInput } from '../../contracts/activities.js';
import { APPROVE_UPDATE, RESIZE_UPDATE } from '../../contracts/backfill-updates.js';
import { type BackfillProgress, PROGRESS_QUERY } from '../../contracts/queries.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { APPROVAL_MS } from '../../workflows/replay-sensitive.js';
import { bars, COUNT, fakes, idOf } from '../fake-activities.js';
import { eventually } from '../environment/eventually.js';
import { type FakeWorkers, startFakeWorkers } from './workflows-fixture.js';

let withActivities: FakeWorkers['withActivities'];
let start: FakeWorkers['start'];
let run: FakeWorkers['run'];
let close: FakeWorkers['close'];
beforeAll(async () => {
  ({ withActivities, start, run, close } = await startFakeWorkers());
});
afterAll(() => close());

const progressOf = (handle: WorkflowHandle) => handle.query<BackfillProgress>(PROGRESS_QUERY);

const NOTHING: BackfillPlan = { requests: [], more: false, skipped: null, waiting: 0 };
/** A plan that sends requests for these assets. @param next the asset to continue after */
const page = (assetIds: number[], next?: number, total = 3): BackfillPlan => ({
  ...NOTHING,
  requests: assetIds.map((id) => bars(id)),
  more: next !== undefined,
  next,
  assets: { planned: next ?? total, total },
});

/** Plans these pages one after the other, and then nothing. @param asked where the inputs go */
function planning(pages: BackfillPlan[], asked: BackfillPlanInput[] = []): Partial<Activities> {
  return {
    planBackfill: (input) => {
      asked.push(input);
      return Promise.resolve(pages.shift() ?? NOTHING);
    },
  };
}

/** Extracts that each last until the test lets them end, or are cancelled. */
function heldExtracts() {
  const held = new Set<() => void>();
  const extract: Activities['extract'] = async ({ request }) => {
    const { cancelled } = Context.current();
    const ended = new Promise<void>((resolve) => held.add(resolve));
    const beat = setInterval(() => Context.current().heartbeat(), 200);
    await Promise.race([ended, cancelled]).finally(() => clearInterval(beat));
    return { assetId: idOf(request), timeframe: '1m', rows: 3, payloadId: idOf(request) };
  };
  const end = () => {
    held.forEach((resolve) => resolve());
    held.clear();
  };
  return { extract, inProgress: () => held.size, end };
}

describe('a backfill', () => {
  it('goes from page to page, and shows and records its progress', async () => {
    const asked: BackfillPlanInput[] = [];
    const recorded: RecordProgressInput[] = [];
    const { activities, closed } = fakes({
      ...planning([page([1, 1], 1), page([3])], asked),
      recordProgress: (input) => Promise.resolve(void recorded.push(input)),
    });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.backfill, { symbols: ['S1', 'S2', 'S3'] });
      await handle.result();
      expect(await progressOf(handle)).toEqual({
        ...{ state: 'planning', requestsTotal: 3, requestsDone: 3, requestsFailed: 0, rowsInserted: 6 },
        ...{ isEstimate: false, assetsPlanned: 3, assetsTotal: 3, page: 3, concurrency: 64 },
        ...{ waitsUntil: null, waitsFor: null, count: null },
      });
    });
    expect(asked.map(({ after }) => after)).toEqual([undefined, 1, undefined]);
    expect(asked.map((input) => input.asked)).toEqual([{ symbols: ['S1', 'S2', 'S3'] }, undefined, undefined]);
    // two requests of the first asset: as many are expected of each of the other two
    expect(recorded.map(({ requestsTotal, requestsDone, rowsInserted }) => [requestsTotal, requestsDone, rowsInserted]))
      // prettier-ignore
      .toEqual([
        [6, 0, 0],
        [6, 2, 4],
        [3, 2, 4],
        [3, 3, 6],
      ]);
    expect(closed).toEqual([
      expect.objectContaining({ status: 'succeeded', assetsOk: 2, rowsInserted: 6, requestsTotal: 3, requestsDone: 3 }),
    ]);
  });

  it('goes on with the plan of an older worker, which pages through all requests', async () => {
    const older = { ...page([1]), next: undefined, assets: undefined };
    for (const [input, offsets] of [
      [{}, [0, 0, 0]],
      [{ refetch: true }, [0, 200]],
      [{ reprocess: 'all' }, [0, 200]],
    ] as const) {
      const asked: BackfillPlanInput[] = [];
      const { activities } = fakes(planning([{ ...older, more: true }, older], asked));
      await withActivities(activities, () => run(WORKFLOWS.backfill, input));
      expect(asked.map(({ offset }) => offset)).toEqual(offsets);
    }
  });

  it('begins anew if a newer worker takes over from one that paged through all requests', async () => {
    const asked: BackfillPlanInput[] = [];
    const older = { ...page([1]), more: true, next: undefined, assets: undefined };
    const { activities } = fakes(planning([older, page([], 2), page([1, 2], 2), page([3])], asked));
    await withActivities(activities, () => run(WORKFLOWS.backfill, { reprocess: 'all' }));
    expect(asked.map(({ offset, after }) => [offset, after])).toEqual([
      [0, undefined],
      [200, undefined],
      [0, undefined],
      [0, 2],
    ]);
  });

  it('fails assets of every page', async () => {
    const { activities, closed } = fakes({
      ...planning([page([1, 2], 2), page([3])]),
      extract: ({ request }) =>
        idOf(request) === 2
          ? Promise.reject(ApplicationFailure.nonRetryable('gone', 'UnknownSymbol'))
          : Promise.resolve({ assetId: idOf(request), timeframe: '1m', rows: 3, payloadId: idOf(request) }),
    });
    await withActivities(activities, () => run(WORKFLOWS.backfill, { reprocess: 'all' }));
    expect(closed).toEqual([expect.objectContaining({ status: 'partial', assetsOk: 2, assetsFailed: 1 })]);
  });

  it('says how many assets it left out when every request of a page fails', async () => {
    const { activities, closed } = fakes({
      ...planning([page([1], 1), page([2, 3])]),
      extract: () => Promise.reject(ApplicationFailure.nonRetryable('gone', 'UnknownSymbol')),
    });
    const ended = withActivities(activities, () => run(WORKFLOWS.backfill, { reprocess: 'all' }));
    await expect(ended).rejects.toThrow(WorkflowFailedError);
    expect(closed).toMatchObject([
      {
        status: 'failed',
        errorMessage: expect.stringContaining('; 2 more assets were not requested, because'),
      },
    ]);
  });

  it('requests what came back empty again after a pause, and ends', async () => {
    let plans = 0;
    const { activities, closed } = fakes({
      planBackfill: () => Promise.resolve({ ...(++plans === 1 ? page([1]) : NOTHING), waiting: 7 }),
    });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.backfill, {});
      // time is only skipped while a result is awaited
      await eventually(async () => expect((await progressOf(handle)).state).toBe('pausing'));
      expect(Date.parse((await progressOf(handle)).waitsUntil!)).toBeGreaterThan(0);
      await handle.result();
    });
    expect(plans).toBe(4); // one that found work, one after it, and one after each pause
    expect(closed[0]!.status).toBe('succeeded');
  });

  it.each(['missing', 'failed', 'all'])(
    'carries out a plan of what %s means once, unless it gets shorter',
    async (what) => {
      let plans = 0;
      const { activities } = fakes({ planBackfill: () => Promise.resolve(++plans < 3 ? page([1]) : NOTHING) });
      await withActivities(activities, () => run(WORKFLOWS.backfill, { reprocess: what }));
      expect(plans).toBe(what === 'missing' ? 3 : 1);
    },
  );

  it.each([[null], ['SPY'], [['SPY']], [{ symbol: 'SPY', trigger: 'boredom' }], [{ carried: {} }]])(
    'fails with the words of its first plan if its input is wrong: %j',
    async (input) => {
      const asked: BackfillPlanInput[] = [];
      const { activities, closed } = fakes({
        planBackfill: (plan) => {
          asked.push(plan);
          return Promise.reject(ApplicationFailure.nonRetryable('symbol: unknown field', 'InvalidInput'));
        },
      });
      await withActivities(activities, async () => {
        await expect(run(WORKFLOWS.backfill, input as never)).rejects.toThrow(WorkflowFailedError);
      });
      expect(asked).toEqual([expect.objectContaining({ asked: input ?? {} })]);
      expect(closed).toEqual([
        expect.objectContaining({ status: 'failed', errorType: 'InvalidInput', errorMessage: 'symbol: unknown field' }),
      ]);
    },
  );

  it('that no one approves in time ends without a request', async () => {
    const asked: BackfillPlanInput[] = [];
    const { activities, closed } = fakes(planning([page([1])], asked));
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.backfill, { waitForApproval: true });
      await handle.result();
      const { startTime, closeTime } = await handle.describe();
      expect(closeTime!.getTime() - startTime.getTime()).toBeGreaterThanOrEqual(APPROVAL_MS);
    });
    expect(asked).toEqual([]);
    expect(closed).toEqual([
      expect.objectContaining({ status: 'skipped', errorMessage: 'not approved within 7 days' }),
    ]);
  });

  it('that is cancelled half way closes its row with what it has done', async () => {
    const { extract, inProgress, end } = heldExtracts();
    const { activities, closed } = fakes({ ...planning([page([1], 1), page([2])]), extract });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.backfill, {});
      await eventually(() => expect(inProgress()).toBe(1));
      end();
      await eventually(() => expect(inProgress()).toBe(1));
      expect((await progressOf(handle)).requestsDone).toBe(1);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
    });
    expect(closed).toEqual([
      expect.objectContaining({
        status: 'cancelled',
        rowsInserted: 2,
        assetsOk: 1,
        requestsDone: 1,
        requestsFailed: 0,
      }),
    ]);
  });
});

describe('while a backfill runs', () => {
  it('an Update changes how many requests are in progress', async () => {
    const { extract, inProgress, end } = heldExtracts();
    const { activities, closed } = fakes({ ...planning([page([1, 2, 3, 4, 5, 6, 7, 8])]), extract });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.backfill, { concurrency: 1, reprocess: 'all' });
      await eventually(() => expect(inProgress()).toBe(1));
      for (const concurrency of [0, 65, 1.5, '8', undefined])
        await expect(handle.executeUpdate(RESIZE_UPDATE, { args: [{ concurrency }] })).rejects.toThrow(
          WorkflowUpdateFailedError,
        );
      expect(inProgress()).toBe(1);
      const shown = await handle.executeUpdate<BackfillProgress, [object]>(RESIZE_UPDATE, {
        args: [{ concurrency: 3 }],
      });
      expect(shown).toMatchObject({ concurrency: 3, state: 'requesting', requestsTotal: 8 });
      await eventually(() => expect(inProgress()).toBe(3));
      await handle.executeUpdate(RESIZE_UPDATE, { args: [{ concurrency: 2 }] });
      end();
      await eventually(() => expect(inProgress()).toBe(2));
      await handle.executeUpdate(RESIZE_UPDATE, { args: [{ concurrency: 64 }] });
      await eventually(() => expect(inProgress()).toBe(5));
      end();
      await handle.result();
    });
    expect(closed).toEqual([expect.objectContaining({ status: 'succeeded', assetsOk: 8 })]);
  });

  it('that waits for approval, nothing is requested before it comes', async () => {
    const asked: BackfillPlanInput[] = [];
    const { activities, closed } = fakes(planning([page([1])], asked));
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.backfill, { waitForApproval: true });
      await eventually(async () => expect((await progressOf(handle)).state).toBe('waiting_for_approval'));
      expect((await progressOf(handle)).count).toEqual(COUNT);
      expect(asked).toEqual([]);
      await handle.executeUpdate(APPROVE_UPDATE);
      await expect(handle.executeUpdate(APPROVE_UPDATE)).rejects.toThrow(WorkflowUpdateFailedError);
      await handle.result();
    });
    expect(closed).toEqual([expect.objectContaining({ status: 'succeeded', requestsDone: 1 })]);
  });

  it('that does not wait for approval, an approval is refused', async () => {
    const { extract, inProgress, end } = heldExtracts();
    const { activities } = fakes({ ...planning([page([1])]), extract });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.backfill, {});
      await eventually(() => expect(inProgress()).toBe(1));
      await expect(handle.executeUpdate(APPROVE_UPDATE)).rejects.toMatchObject({
        cause: { message: 'this backfill does not wait for approval' },
      });
      end();
      await handle.result();
    });
  });
});
