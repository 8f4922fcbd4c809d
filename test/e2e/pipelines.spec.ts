import { expect, test } from '@playwright/test';
import { ask, tell, type Schemas } from './api.js';
import { giveToken, PAGES, settled, watch } from './pages.js';

const PIPELINE = 'crypto_20min';
const scheduleOf = async () =>
  (await ask<{ schedules: Schemas['Schedule'][] }>('/api/pipeline/schedules')).schedules.find(
    ({ id }) => id === PIPELINE,
  )!;

test.afterEach(async () => {
  if ((await scheduleOf()).paused) await tell(`/api/pipeline/schedules/${PIPELINE}/resume`, { reason: 'test is over' });
});

test('a pipeline is paused, resumed and run now, with a reason and the token of the admin', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto(PAGES.runs);
  await settled(page);
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: PIPELINE }) });
  await expect(card).toContainText('24/7 · every 20 minutes · CoinGecko (30m, 4h, 4d interval)');

  await test.step('pause', async () => {
    await card.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog', { name: `Pause ${PIPELINE}` });
    const act = dialog.getByRole('button', { name: 'Pause' });
    await expect(act).toBeDisabled();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('   ');
    await expect(act).toBeDisabled();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('the browser tests look at it');
    await act.click();
    await giveToken(page, 'not-the-token');
    await expect(page.getByText('That was not the admin token of this server.')).toBeVisible();
    expect((await scheduleOf()).paused).toBe(false);
    await giveToken(page);
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(card).toContainText('paused: the browser tests look at it');
    expect(await scheduleOf()).toMatchObject({ paused: true, note: 'the browser tests look at it', nextFires: [] });
  });

  await test.step('resume: the token is known now', async () => {
    await card.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('seen');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(card.getByRole('button', { name: 'Pause' })).toBeFocused();
    await expect(card).toContainText(/Next\s*in \d+:\d\d/);
    expect(await scheduleOf()).toMatchObject({ paused: false, state: 'active' });
  });

  await test.step('run now', async () => {
    const manual = async () =>
      (
        await ask<{ runs: Schemas['Run'][] }>(`/api/pipeline/runs?pipeline=${PIPELINE}&trigger=manual&limit=100`)
      ).runs.map(({ runId }) => runId);
    const before = await manual();
    await page.getByRole('combobox', { name: 'Runs by pipeline' }).selectOption(PIPELINE);
    await page.getByRole('combobox', { name: 'Runs by trigger' }).selectOption('manual');
    await card.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('the browser tests want one more');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(page.locator('table[aria-rowcount] tbody').getByRole('row')).toHaveCount(before.length + 1);
    expect(await manual()).toHaveLength(before.length + 1);
  });
  // the browser itself tells of the token that was refused
  expect(problems).toEqual([expect.stringMatching(/^console: Failed to load resource.* 401/)]);
});
