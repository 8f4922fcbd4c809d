import { expect, test } from '@playwright/test';
import { get, assets, barsOf, type Schemas } from './api.js';
import { chartOf, drawnPixels } from './chart.js';
import { cardOf, PAGES, watch } from './pages.js';

/** The simulated CoinGecko accepts one request every 1.5 s, so the first backfill takes minutes. Only one that hangs takes this long. */
const FILLED_MS = 600_000;
const firstBackfill = async () =>
  (await get<{ backfills: Schemas['Backfill'][] }>('/api/pipeline/backfills?limit=1')).backfills[0];

/** Runs first: it ends once the data that the other tests need are stored. */
test('on a fresh database the page works at once and fills by itself while the first backfill runs', async ({
  page,
}) => {
  test.setTimeout(FILLED_MS + 60_000);
  const { problems } = watch(page);
  const tracked = await assets();
  await page.goto(PAGES.overview);
  for (const { symbol } of tracked) await expect(cardOf(page, symbol)).toBeVisible({ timeout: 10_000 });
  await page.evaluate('window.isStillTheSame = true');
  if ((await firstBackfill())?.status !== 'succeeded') {
    await expect(page.getByRole('progressbar', { name: 'First backfill' })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/First backfill: \d+ of \d+ requests, [\d,]+ bars/)).toBeVisible();
  }
  await expect.poll(() => drawnPixels(page), { timeout: FILLED_MS }).toBeGreaterThan(100);
  for (const { symbol, currency } of tracked)
    await expect(cardOf(page, symbol)).toContainText(currency, { timeout: FILLED_MS });
  await expect(async () => {
    const { status, progress } = (await firstBackfill())!;
    expect(status === 'succeeded' || progress!.requestsDone === progress!.requestsTotal).toBe(true);
  }).toPass({ timeout: FILLED_MS, intervals: [1_000] });

  await page.keyboard.press('8');
  await expect(chartOf(page).getByRole('heading')).toHaveText('SPY · Max · Yahoo Finance (simulated)');
  const { bars } = await barsOf('SPY', 'range=max');
  expect(bars.length).toBeGreaterThan(300);
  expect(await page.evaluate('window.isStillTheSame')).toBe(true);
  expect(problems).toEqual([]);
});
