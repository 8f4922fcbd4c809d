import { expect, it, vi } from 'vitest';
import type { HealPlanInput, Plan } from '../contracts/activities.js';
import { bars } from '../test/fake-activities.js';
import { nothingIngested } from './ingested.js';
import type { PageInput, PagePlan } from './page.js';
import * as patches from './patches.js';
import type { Progress } from './progress.js';

const isPatched = vi.fn(() => true);
vi.doMock('./patches.js', () => ({ ...patches, pagesInChildren: isPatched }));
const ingested = { ...nothingIngested(), requestsDone: 1 };
const planRequests = vi.fn<(plan: PagePlan) => Promise<Plan>>();
const executePage = vi.fn((_page: PageInput, _n: number) => Promise.resolve({ ingested, planned: 1 }));
vi.doMock('./page.js', () => ({ planRequests, executePage, nextOf: () => undefined }));
vi.doMock('./outage.js', () => ({ ingestPlanned: () => Promise.resolve(ingested) }));
const { ingestPages } = await import('./upkeep.js');

/** Ingests two pages. @returns where each was planned */
async function twoPages() {
  planRequests.mockReset();
  executePage.mockClear();
  const plan = { requests: [bars(1)], skipped: null, waiting: 0 };
  planRequests.mockResolvedValueOnce({ ...plan, more: true, next: 1 }).mockResolvedValueOnce({ ...plan, more: false });
  const progress = { during: () => () => undefined, add: () => undefined } as unknown as Progress;
  const planOf = (page: Pick<HealPlanInput, 'limit' | 'after'>) =>
    ({ activity: 'planHeal', input: { ...page, impatient: true } }) as const;
  await ingestPages({ workflowId: 'heal', runId: 'run' }, progress, planOf);
  return { here: planRequests.mock.calls.length, inChildren: executePage.mock.calls.length };
}

it('plans each page after the first in a child', async () => {
  expect(await twoPages()).toEqual({ here: 1, inChildren: 1 });
});

it('replays a run whose workflow an older worker had and whose first page a newer one planned', async () => {
  isPatched.mockReturnValueOnce(false);
  expect(await twoPages()).toEqual({ here: 2, inChildren: 0 });
});
