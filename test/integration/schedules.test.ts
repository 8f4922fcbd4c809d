import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SCHEDULES } from '../../contracts/schedules.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { applySchedules, createMissingSchedules, wantedSchedules } from '../../worker/schedules.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await createTestNamespace();
  await applySchedules(temporal.client, 0);
});
afterAll(async () => {
  for (const id of Object.values(SCHEDULES)) await temporal.client.schedule.getHandle(id).delete();
  await temporal.close();
});

const describeSchedule = (id: string) => temporal.client.schedule.getHandle(id).describe();
const updatedAt = async (id: string) => (await describeSchedule(id)).info.lastUpdatedAt?.getTime();

describe('the schedules in Temporal', () => {
  it('say what they start', async () => {
    const { action } = await describeSchedule('stocks_1min');
    expect(action).toMatchObject({ staticSummary: 'stocks_1min: weekdays · every minute' });
  });

  it('stay untouched if their definition has not changed', async () => {
    const before = await updatedAt('heal_gaps');
    await applySchedules(temporal.client, 0);
    expect(await updatedAt('heal_gaps')).toBe(before);
  });

  it('are updated if it has, and keep the pause and the note of an operator', async () => {
    await temporal.client.schedule.getHandle('stocks_1min').pause('provider maintenance');
    await applySchedules(temporal.client, -60_000); // without weekdays
    const { spec, state } = await describeSchedule('stocks_1min');
    expect(spec.calendars![0]!.dayOfWeek).toEqual([{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }]);
    expect(state).toMatchObject({ paused: true, note: 'provider maintenance' });
    await applySchedules(temporal.client, 0);
  });

  it('are created again after someone deleted them', async () => {
    await temporal.client.schedule.getHandle('crypto_20min').delete();
    await eventually(async () => expect(await createMissingSchedules(temporal.client, 0)).toEqual(['crypto_20min']));
    expect(await createMissingSchedules(temporal.client, 0)).toEqual([]);
  });

  it('are reported if this build does not know them', async () => {
    const [known] = wantedSchedules(0);
    const foreign = { ...known!.action, workflowType: 'SomeoneElsesWorkflow' };
    await temporal.client.schedule.create({ ...known!, scheduleId: 'stocks_5min' });
    await temporal.client.schedule.create({ ...known!, scheduleId: 'not-ours', action: foreign });
    await eventually(async () =>
      expect(await applySchedules(temporal.client, 0)).toEqual([{ id: 'stocks_5min', workflowType: WORKFLOWS.stocks }]),
    );
    for (const id of ['stocks_5min', 'not-ours']) await temporal.client.schedule.getHandle(id).delete();
  });
});
