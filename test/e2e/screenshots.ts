import { expect, test, type APIRequestContext } from '@playwright/test';
import { PAGES, settled, THEMES } from './pages.js';

const WIDE = { width: 1440, height: 1010 };
const PHONE = { width: 390, height: 844 };

/** Name, page and window size; each picture is taken in both themes. */
const PICTURES = [
  ['overview', PAGES.overview, WIDE],
  ['chart', '/?symbol=NVDA&range=1Y&studies=sma50,bollinger,rsi,macd', WIDE],
  ['runs', PAGES.runs, WIDE],
  ['health', PAGES.health, WIDE],
  ['phone', '/?symbol=BTC', PHONE],
] as const;

const file = (name: string): string => new URL(`../../docs/screenshots/${name}.png`, import.meta.url).pathname;

async function latestBackfill(request: APIRequestContext): Promise<string | undefined> {
  const response = await request.get('/api/pipeline/backfills?limit=1');
  const { backfills } = (await response.json()) as { backfills: { status: string }[] };
  return backfills[0]?.status;
}

test('pictures of the README', async ({ browser, request }) => {
  await expect
    .poll(() => latestBackfill(request), {
      message: 'the initial backfill',
      timeout: 480_000,
      intervals: [2_000],
    })
    .toBe('succeeded');
  for (const [name, path, viewport] of PICTURES) {
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({ baseURL: process.env.E2E_API, colorScheme, viewport });
      const page = await context.newPage();
      await page.goto(path);
      await settled(page);
      if (path.startsWith('/?')) {
        // the chart is complete once it streams
        await expect(page.locator('#chart')).toContainText('streaming');
        await page.evaluate(`document.getElementById('chart').scrollIntoView()`);
      }
      await page.screenshot({ path: file(`${name}-${colorScheme}`) });
      await context.close();
    }
  }
});
