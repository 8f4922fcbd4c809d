import { expect, test, type Page } from '@playwright/test';
import { ALL_WIDTHS, artifact, PAGES, settled, THEMES, WIDTHS } from './pages.js';
import { chartOf, drawnPixels } from './chart.js';

/** Delays responses by different times, so that panels fill one after another. */
async function slowDown(page: Page): Promise<void> {
  let requests = 0;
  await page.route('**/api/**', async (route) => {
    const wait = 150 + (requests++ % 7) * 120;
    await new Promise((resolve) => setTimeout(resolve, wait));
    await route.continue().catch(() => {}); // the page may be gone
  });
}

/** Records layout shifts and the elements that moved. */
const WATCH_SHIFTS = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const nodes = entry.sources.map(({ node }) => node && (node.outerHTML ?? node.textContent ?? '').slice(0, 160));
      window.shifts.push({ value: entry.value, at: Math.round(entry.startTime), nodes });
    }
  }).observe({ type: 'layout-shift', buffered: true });
`;
const MAX_SHIFT = 0.001;

for (const [name, path] of Object.entries(PAGES)) {
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    test(`${name}, ${width}: nothing moves when data arrive`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.addInitScript(WATCH_SHIFTS);
      await slowDown(page);
      await page.goto(path);
      await settled(page);
      if (name === 'overview') await expect.poll(() => drawnPixels(page)).toBeGreaterThan(100);
      await expect(page.locator('.skeleton')).toHaveCount(0);
      const shifts = await page.evaluate<{ value: number; nodes: string[] }[]>('window.shifts');
      const sum = shifts.reduce((total, { value }) => total + value, 0);
      expect(sum, JSON.stringify(shifts, null, 1)).toBeLessThan(MAX_SHIFT);
    });
  }
}

test('at 320 px, the state of each asset is shown whole', async ({ page }) => {
  await page.setViewportSize(ALL_WIDTHS.narrow);
  await page.goto('/');
  await settled(page);
  const cut = await page.evaluate(`[...document.querySelectorAll('a[href^="/?symbol="] .text-2xs.truncate')]
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).map(({ textContent }) => textContent)`);
  expect(cut).toEqual([]);
});

for (const colorScheme of THEMES) {
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    test(`the chart in its ranges, ${colorScheme}, ${width}`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      for (const range of ['1D', '1M', '1Y', 'Max']) {
        await page.goto(`/?symbol=NVDA&range=${range}&studies=sma20,sma50,rsi`);
        await settled(page);
        await expect.poll(() => drawnPixels(page)).toBeGreaterThan(100);
        await chartOf(page).screenshot({ path: artifact(`chart-${range}-${colorScheme}-${width}`) });
      }
    });
  }
}
