import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../activities/index.js';
import type { Plan, PlannedRequest } from '../../contracts/activities.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { bars, down, fakes, idOf } from '../fake-activities.js';
import { type FakeWorkers, startFakeWorkers } from './workflows-fixture.js';

let workers: FakeWorkers;
beforeAll(async () => void (workers = await startFakeWorkers()));
afterAll(() => workers.close());

describe('exchanges in a run', () => {
  const plan = (requests: PlannedRequest[], more: Partial<Plan> = {}): Plan => ({
    ...{ requests, skipped: null, more: false, waiting: 0 },
    ...more,
  });
  const newYork = [1, 2, 3].map((id) => bars(id, 'XNYS'));
  /** Transforms payloads of which those of some assets have no row. */
  const without =
    (...silent: number[]): Activities['transform'] =>
    ({ payloadIds }) =>
      Promise.resolve(
        payloadIds.map((id) => ({
          ...{ payloadId: id, batchId: id, assetId: id, timeframe: '1m' as const, rejected: 0 },
          ...{ rows: silent.includes(id) ? 0 : 9, isNullSession: silent.includes(id) },
        })),
      );
  /** What a run declares and ends, which assets it requests, and how it closes its row. */
  async function runWith(live: Plan, change: Partial<Activities>) {
    const [declared, ended, requested]: [unknown[], unknown[], number[]] = [[], [], []];
    const { activities, closed } = fakes({
      planLive: () => Promise.resolve(live),
      declareOutage: (verdict) => Promise.resolve(void declared.push(verdict)),
      endOutage: (input) => Promise.resolve(ended.push(input) < 0),
      extract: ({ request }) => {
        requested.push(idOf(request));
        return Promise.resolve({ assetId: idOf(request), timeframe: '1m', rows: 0, payloadId: idOf(request) });
      },
      ...change,
    });
    await workers.withActivities(activities, () =>
      workers.run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }).catch(() => undefined),
    );
    return { declared, ended, requested, closed: closed[0]! };
  }

  it('are judged one by one: a silent one is named, and no outage of the provider', async () => {
    const live = plan([...newYork, bars(4, 'XETR')]);
    const { declared, closed } = await runWith(live, { transform: without(1, 2, 3) });
    expect(declared).toEqual([]);
    expect(closed).toMatchObject({ status: 'partial', assetsOk: 1, assetsFailed: 3, errorType: 'ExchangeSilent' });
    expect(closed.errorMessage).toContain('exchange silent: New York (XNYS), 3 of 3 assets');
  });

  it('are out with their provider if none has a row', async () => {
    const { declared } = await runWith(plan([...newYork, bars(4, 'XETR')]), { transform: without(1, 2, 3, 4) });
    expect(declared).toEqual([expect.objectContaining({ provider: 'yahoo', symptom: 'null_session' })]);
  });

  it('are probed, those that trade first, until one is not silent', async () => {
    const live = plan([...newYork, bars(4, 'XETR'), bars(5, 'XPAR')], {
      outages: ['yahoo'],
      trading: ['XNYS', 'XPAR'],
    });
    const { ended, requested } = await runWith(live, { transform: without(1, 2, 3) });
    expect(requested.slice(0, 2)).toEqual([1, 5]);
    expect(requested.toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(ended).toEqual([{ provider: 'yahoo' }]);
  });

  it('are left alone after a probe of each if all are silent, and after one that fails', async () => {
    const live = plan([...newYork, bars(4, 'XETR')], { outages: ['yahoo'], trading: ['XETR'] });
    const silent = await runWith(live, { transform: without(1, 2, 3, 4) });
    expect([silent.requested, silent.ended]).toEqual([[4, 1], []]);
    expect(silent.closed.errorMessage).toContain('probed with one request to each of 2 exchanges');
    const attempted: number[] = [];
    await runWith(live, {
      extract: ({ request }) => {
        attempted.push(idOf(request));
        return Promise.reject(down('SchemaDrift', true));
      },
    });
    expect(attempted).toEqual([4]);
  });
});
