import { expect, test } from '@playwright/test';
import { get, barsOf, dayAfter, post, type Schemas } from './api.js';
import { giveToken, PAGES, settled, watch } from './pages.js';

test('a backfill is previewed in its form, started and followed to its end', async ({ page }) => {
  const { problems } = watch(page);
  const { bars } = await barsOf('GOOGL', 'range=1mo&timeframe=1d');
  const session = bars.at(-1)!.time.slice(0, 10);
  const end = dayAfter(session);
  await page.goto(PAGES.health);
  await settled(page);
  await page.getByRole('button', { name: 'New backfill' }).click();
  const sheet = page.getByRole('dialog', { name: 'New backfill' });
  await sheet.getByRole('checkbox', { name: 'GOOGL' }).check();
  await sheet.getByRole('checkbox', { name: '1m' }).check();
  await sheet.getByLabel('Start date').fill(end);
  await sheet.getByLabel('End date (exclusive)').fill(session);
  await expect(sheet.getByText('Must be after the start date.')).toBeVisible();
  await expect(sheet.getByRole('button', { name: 'Preview' })).toBeDisabled();
  await sheet.getByLabel('Start date').fill(session);
  await sheet.getByLabel('End date (exclusive)').fill(end);
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('requested by the browser tests');
  await sheet.getByRole('checkbox', { name: /^Re-fetch stored bars too/ }).check();
  await sheet.getByRole('button', { name: 'Preview' }).click();
  await giveToken(page);

  const asked = { symbols: ['GOOGL'], timeframes: ['1m'], from: session, to: end, reprocess: 'all' };
  const plan = await post<Schemas['BackfillPlan']>('/api/pipeline/backfills', { ...asked, dryRun: true });
  await expect(sheet.getByText(`${plan.requests} requests for up to ${plan.expectedBars} bars`)).toBeVisible();
  await sheet.getByRole('button', { name: 'Start backfill' }).click();
  await expect(sheet.getByText('succeeded')).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('Escape');
  const row = page.getByRole('row', { name: /requested by the browser tests/ }).first();
  await expect(row).toContainText(`GOOGL · 1m · ${session} to ${end} · re-fetch`);
  await expect(row).toContainText('succeeded');
  const [latest] = (await get<{ backfills: Schemas['Backfill'][] }>('/api/pipeline/backfills?limit=1')).backfills;
  expect(latest).toMatchObject({ status: 'succeeded', asked: { ...asked, reason: 'requested by the browser tests' } });
  expect(problems).toEqual([]);
});

test('a running backfill shows its progress and can be cancelled with a reason', async ({ page }) => {
  test.setTimeout(180_000);
  const { problems } = watch(page);
  // one request every 1.5 s leaves enough time
  const { workflowId } = await post<{ workflowId: string }>('/api/pipeline/backfills', {
    symbols: ['BTC', 'ETH', 'SOL', 'XRP'],
    timeframes: ['30m', '4h', '4d'],
    reprocess: 'all',
    reason: 'to be cancelled',
  });
  await page.goto(PAGES.health);
  await settled(page);
  const row = page.getByRole('row', { name: /to be cancelled/ }).first();
  await expect(row.getByRole('progressbar', { name: `Progress of ${workflowId}` })).toBeVisible();
  await expect(row).toContainText(/[1-9]\d* of \d+/);
  await row.getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel this backfill' });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('seen enough');
  await page.keyboard.press('Enter');
  await giveToken(page);
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(row.getByRole('button', { name: 'Cancel' })).toBeHidden({ timeout: 90_000 });
  const backfill = await get<Schemas['Backfill']>(`/api/pipeline/backfills/${workflowId}`);
  expect(backfill.status).toBe('cancelled');
  expect(problems).toEqual([]);
});
