import { expect, test } from '@playwright/test';
import { PAGES, settled } from './pages.js';

const PICTURES = [
  { name: 'overview-dark', path: PAGES.overview, colorScheme: 'dark', viewport: { width: 1440, height: 1010 } },
  {
    name: 'chart-light',
    path: '/?symbol=NVDA&range=1Y&studies=sma50,bollinger,rsi,macd&compare=SPY',
    colorScheme: 'light',
    viewport: { width: 1440, height: 1010 },
  },
  { name: 'runs-dark', path: PAGES.runs, colorScheme: 'dark', viewport: { width: 1440, height: 1100 } },
  { name: 'health-light', path: PAGES.health, colorScheme: 'light', viewport: { width: 1440, height: 1000 } },
  { name: 'phone-dark', path: '/?symbol=BTC', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  { name: 'phone-light', path: '/?symbol=BTC&range=1M', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;

const file = (name: string): string => new URL(`../../docs/screenshots/${name}.png`, import.meta.url).pathname;

test('pictures of the README', async ({ browser, request }) => {
  await expect
    .poll(async () => (await (await request.get('/api/pipeline/backfills?limit=1')).json()).backfills[0]?.status, {
      message: 'the first backfill',
      timeout: 480_000,
      intervals: [2_000],
    })
    .toBe('succeeded');
  for (const { name, path, colorScheme, viewport } of PICTURES) {
    const context = await browser.newContext({ baseURL: process.env.E2E_API, colorScheme, viewport });
    const page = await context.newPage();
    await page.goto(path);
    await settled(page);
    if (name.startsWith('phone-light')) await page.locator('#chart').scrollIntoViewIfNeeded();
    await page.waitForLoadState('load');
    await page.screenshot({ path: file(name) });
    await context.close();
  }
});
