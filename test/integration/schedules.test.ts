import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SCHEDULES } from '../../contracts/schedules.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { readEnv } from '../../config/env.js';
import { connect } from '../../db/client.js';
import { schedulesOff } from '../../worker/schedules-off.js';
import { applySchedules, createMissingSchedules, pauseUnknown, wantedSchedules } from '../../worker/schedules.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await createTestNamespace();
  await applySchedules(temporal.client);
});
afterAll(async () => {
  for (const id of Object.values(SCHEDULES)) await temporal.client.schedule.getHandle(id).delete();
  await temporal.close();
});

const describeSchedule = (id: string) => temporal.client.schedule.getHandle(id).describe();
/** A pause is visible a moment after Temporal has taken it. */
async function pause(id: string, note: string): Promise<void> {
  await temporal.client.schedule.getHandle(id).pause(note);
  await eventually(async () => expect((await describeSchedule(id)).state).toMatchObject({ paused: true, note }));
}
const updatedAt = async (id: string) => (await describeSchedule(id)).info.lastUpdatedAt?.getTime();

describe('the schedules in Temporal', () => {
  it('say what they start', async () => {
    const { action } = await describeSchedule('stocks_1min');
    expect(action).toMatchObject({ staticSummary: 'stocks_1min: every minute, in a session' });
  });

  it('stay untouched if their definition has not changed', async () => {
    const before = await updatedAt('heal_gaps');
    await applySchedules(temporal.client);
    expect(await updatedAt('heal_gaps')).toBe(before);
  });

  it('are updated if it has, and keep the pause and the note of an operator', async () => {
    const handle = temporal.client.schedule.getHandle('stocks_1min');
    // as earlier versions created it
    await handle.update((previous) => ({
      ...previous,
      spec: { calendars: [{ minute: '*', dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY' }] }] },
      action: { ...previous.action, memo: { scheduleDefinition: 'of an earlier version' } },
    }));
    // of two requests at once, Temporal may let the update undo the pause
    await eventually(async () =>
      expect((await handle.describe()).action.memo).toEqual({ scheduleDefinition: 'of an earlier version' }),
    );
    await pause('stocks_1min', 'provider maintenance');
    await applySchedules(temporal.client);
    const { spec, state } = await describeSchedule('stocks_1min');
    expect(spec.calendars![0]!.dayOfWeek).toEqual([{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }]);
    expect(state).toMatchObject({ paused: true, note: 'provider maintenance' });
  });

  it('are paused while their provider is off, and go on once it is on', async () => {
    const { client } = temporal;
    const off = new Map([['us_stocks_1min' as const, 'its provider is off: no key: KEY is not set']]);
    const state = async () => (await describeSchedule('us_stocks_1min')).state;
    await applySchedules(client, off);
    await eventually(async () =>
      expect(await state()).toMatchObject({ paused: true, note: 'its provider is off: no key: KEY is not set' }),
    );
    await client.schedule.getHandle('us_stocks_1min').delete();
    await eventually(async () => expect(await createMissingSchedules(client, off)).toEqual(['us_stocks_1min']));
    expect(await state()).toMatchObject({ paused: true, note: 'its provider is off: no key: KEY is not set' });
    await applySchedules(client);
    await eventually(async () => expect((await state()).paused).toBe(false));
    await pause('us_stocks_1min', 'a quiet week');
    for (const some of [off, new Map()]) {
      await applySchedules(client, some);
      expect(await state()).toMatchObject({ paused: true, note: 'a quiet week' });
    }
    await client.schedule.getHandle('us_stocks_1min').unpause();
  });

  it('are updated and paused in one request', async () => {
    const { client } = temporal;
    const handle = client.schedule.getHandle('crypto_1min');
    await handle.update((previous) => ({ ...previous, action: { ...previous.action, memo: {} } }));
    await eventually(async () => expect((await handle.describe()).action.memo ?? {}).toEqual({}));
    const note = 'its provider is off: it is switched off';
    await applySchedules(client, new Map([['crypto_1min' as const, note]]));
    await eventually(async () => {
      const { action, state } = await handle.describe();
      expect([action.memo, state.paused, state.note]).toEqual([{ scheduleDefinition: expect.any(String) }, true, note]);
    });
    await applySchedules(client);
    await eventually(async () => expect((await handle.describe()).state.paused).toBe(false));
  });

  it('keep what an operator changes while they are updated', async () => {
    const { client } = temporal;
    const { workflowService } = client.connection;
    const handle = client.schedule.getHandle('verify_bars');
    await handle.update((previous) => ({ ...previous, action: { ...previous.action, memo: {} } }));
    await eventually(async () => expect((await handle.describe()).action.memo ?? {}).toEqual({}));
    const original = workflowService.updateSchedule.bind(workflowService);
    const update = vi.spyOn(workflowService, 'updateSchedule').mockImplementationOnce(async (request) => {
      await pause('verify_bars', 'an audit');
      return original(request);
    });
    await applySchedules(client).finally(() => update.mockRestore());
    const { action, state } = await handle.describe();
    expect(action.memo).toEqual({ scheduleDefinition: expect.any(String) });
    expect(state).toMatchObject({ paused: true, note: 'an audit' });
    await handle.unpause();
  });

  it('do not back up a database without an archive, and say so', async () => {
    const database = connect(process.env.BARKEEP_TEST_DATABASE_URL!, { max: 1 });
    const off = await schedulesOff(readEnv({}), database.pool).finally(() => database.close());
    expect(off.get('us_stocks_1min')).toMatch(/^its provider is off: no key/);
    const state = async () => (await describeSchedule('backup')).state;
    await applySchedules(temporal.client, off);
    const note = expect.stringContaining('BACKUP_DIR is not set');
    await eventually(async () => expect(await state()).toMatchObject({ paused: true, note }));
    await applySchedules(temporal.client);
    await eventually(async () => expect((await state()).paused).toBe(false));
  });

  it('are created again after someone deleted them', async () => {
    await temporal.client.schedule.getHandle('crypto_20min').delete();
    await eventually(async () => expect(await createMissingSchedules(temporal.client)).toEqual(['crypto_20min']));
    expect(await createMissingSchedules(temporal.client)).toEqual([]);
  });

  it('are reported if this build does not know them, and paused on request', async () => {
    const { client } = temporal;
    const [known] = wantedSchedules();
    const foreign = { ...known!.action, workflowType: 'SomeoneElsesWorkflow' };
    await client.schedule.create({ ...known!, scheduleId: 'stocks_5min' });
    await client.schedule.create({
      ...known!,
      scheduleId: 'stocks_2min',
      state: { paused: true, note: 'an experiment' },
    });
    await client.schedule.create({ ...known!, scheduleId: 'not-ours', action: foreign });
    const reported = (id: string, paused: boolean) => ({ id, workflowType: WORKFLOWS.stocks, paused });
    const unknown = async () => (await applySchedules(client)).sort((a, b) => a.id.localeCompare(b.id));
    await eventually(async () =>
      expect(await unknown()).toEqual([reported('stocks_2min', true), reported('stocks_5min', false)]),
    );
    for (const schedule of await unknown()) await pauseUnknown(client, schedule);
    const stateOf = async (id: string) => (await describeSchedule(id)).state;
    expect(await stateOf('stocks_5min')).toMatchObject({
      paused: true,
      note: expect.stringContaining('set-up'),
    });
    expect(await stateOf('stocks_2min')).toMatchObject({ paused: true, note: 'an experiment' });
    expect(await stateOf('not-ours')).toMatchObject({ paused: false });
    for (const id of ['stocks_5min', 'stocks_2min', 'not-ours']) await client.schedule.getHandle(id).delete();
  });
});
