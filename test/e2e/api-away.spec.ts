import { expect, test, type Page } from '@playwright/test';
import { cardOf, PAGES, settled } from './pages.js';
import { chartOf, drawnPixels } from './chart.js';
import { Wire } from './wire.js';

test('while the API is unreachable, each page says so, keeps its data and recovers by itself', async ({ context }) => {
  const wire = await Wire.open();
  // all of them at once: each waits for its own next request
  const pages = await Promise.all(
    Object.values(PAGES).map(async (path) => {
      const page = await context.newPage();
      await page.goto(wire.url + path);
      await settled(page);
      await expect(page.getByText('API unreachable')).toBeHidden();
      return { page, path };
    }),
  );
  wire.cut();
  await Promise.all(pages.map(({ page, path }) => expectStale(page, path)));
  wire.restore();
  for (const { page } of pages) {
    await expect(page.getByText('API unreachable')).toBeHidden();
    await expect(page.getByText(/^not updated for/)).toHaveCount(0, { timeout: 40_000 });
  }
  await wire.close();
});

async function expectStale(page: Page, path: string): Promise<void> {
  const main = page.locator('main');
  await expect(page.getByText('API unreachable')).toBeVisible();
  const shown = await main.getByRole('row').count();
  expect(shown).toBeGreaterThan(1);
  await expect(page.getByText(/^not updated for \d+/).first()).toBeVisible();
  expect(await main.getByRole('row').count()).toBe(shown);
  // a state of minutes ago is no state
  await expect(main.getByText('unknown', { exact: true }).first()).toBeAttached();
  await expect(main.getByText(/^(All \d active|active|healthy|fresh)$/)).toHaveCount(0);
  if (path !== PAGES.overview) return;
  await expect(cardOf(page, 'SPY')).toContainText('not updated');
  await expect(cardOf(page, 'SPY')).toContainText('USD');
  await expect(chartOf(page).getByText('polling')).toBeVisible();
  expect(await drawnPixels(page)).toBeGreaterThan(100);
}

test('a page opened while the API is unreachable says so and fills once it is back', async ({ page }) => {
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await page.goto(PAGES.overview);
  await expect(page.getByText('API unreachable').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Retry' }).first()).toBeVisible();
  await page.unroute('**/api/**');
  await settled(page);
  await expect(cardOf(page, 'SPY')).toContainText('USD');
  await expect(page.getByRole('button', { name: 'Retry' })).toHaveCount(0, { timeout: 40_000 });
});

test('a chart whose code cannot be loaded at first is drawn once it can', async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/ohlcv?*', (route) => held.then(() => route.continue()));
  await page.goto(PAGES.overview);
  await expect(cardOf(page, 'SPY')).toContainText('USD');
  const refused: string[] = [];
  page.on('requestfailed', (request) => refused.push(request.url()));
  await page.route('**/_next/static/chunks/*.js', (route) => route.abort());
  release();
  // wait until the bundler's own retry has failed as well
  await expect.poll(() => refused.filter((url) => url === refused[0]).length).toBeGreaterThan(1);
  await page.unroute('**/_next/static/chunks/*.js');
  await expect.poll(() => drawnPixels(page)).toBeGreaterThan(100);
});
