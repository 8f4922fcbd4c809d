import { expect, test } from '@playwright/test';
import { get, post, type Schemas } from './api.js';
import { ALL_WIDTHS, cutOff, giveToken, PAGES, settled, watch } from './pages.js';

const PIPELINE = 'crypto_20min';
const scheduleOf = async () =>
  (await get<{ schedules: Schemas['Schedule'][] }>('/api/pipeline/schedules')).schedules.find(
    ({ id }) => id === PIPELINE,
  )!;

test.afterEach(async () => {
  if ((await scheduleOf()).paused)
    await post(`/api/pipeline/schedules/${PIPELINE}/resume`, { reason: 'end of the test' });
});

test('a pipeline is paused, resumed and run now with a reason and the admin token', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto(PAGES.runs);
  await settled(page);
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: PIPELINE }) });
  await expect(card).toContainText('24/7 · every 20 minutes · CoinGecko (simulated) (30m, 4h, 4d bars)');

  await test.step('pause', async () => {
    await card.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog', { name: `Pause ${PIPELINE}` });
    const act = dialog.getByRole('button', { name: 'Pause' });
    await expect(act).toBeDisabled();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('   ');
    await expect(act).toBeDisabled();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('inspected by the browser tests');
    await act.click();
    await giveToken(page, 'not-the-token');
    await expect(page.getByText('Incorrect admin token.')).toBeVisible();
    expect((await scheduleOf()).paused).toBe(false);
    await giveToken(page);
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(card).toContainText('paused: inspected by the browser tests');
    expect(await scheduleOf()).toMatchObject({ paused: true, note: 'inspected by the browser tests', nextFires: [] });
  });

  await test.step('a long reason is shown whole at every width', async () => {
    const reason = 'the provider restates its candles of last week, and we wait for its notice that this is over';
    await post(`/api/pipeline/schedules/${PIPELINE}/resume`, { reason: 'for a longer reason' });
    await post(`/api/pipeline/schedules/${PIPELINE}/pause`, { reason });
    for (const viewport of Object.values(ALL_WIDTHS)) {
      await page.setViewportSize(viewport);
      await expect(card).toContainText(`paused: ${reason}`);
      expect(await cutOff(page)).toEqual([]);
    }
    await page.setViewportSize(ALL_WIDTHS.desktop);
  });

  await test.step('resume: the tab has the token now', async () => {
    await card.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('inspected');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(card.getByRole('button', { name: 'Pause' })).toBeFocused();
    await expect(card).toContainText(/Next\s*in \d+:\d\d/);
    expect(await scheduleOf()).toMatchObject({ paused: false, state: 'active' });
  });

  await test.step('run now', async () => {
    const manual = async () =>
      (
        await get<{ runs: Schemas['Run'][] }>(`/api/pipeline/runs?pipeline=${PIPELINE}&trigger=manual&limit=100`)
      ).runs.map(({ runId }) => runId);
    const before = await manual();
    await page.getByRole('combobox', { name: 'Filter by pipeline' }).selectOption(PIPELINE);
    await page.getByRole('combobox', { name: 'Filter by trigger' }).selectOption('manual');
    await card.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('one more for the browser tests');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(page.locator('table[aria-rowcount] tbody').getByRole('row')).toHaveCount(before.length + 1);
    expect(await manual()).toHaveLength(before.length + 1);
  });
  // the browser logs the refused token
  expect(problems).toEqual([expect.stringMatching(/^console: Failed to load resource.* 401/)]);
});
