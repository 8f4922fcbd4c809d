import { expect, test, type Page } from '@playwright/test';
import { shownBars, type Bars } from './api.js';
import {
  allRows,
  chartOf,
  drawnPixels,
  legendOf,
  RANGES,
  rowCount,
  rowsInView,
  scrollTable,
  tableOf,
  type Row,
} from './chart.js';
import { settled, watch } from './pages.js';

/** The window of a range moves with time; the page refetches it every 30 s even without new bars. */
const REFETCHED_MS = 60_000;
/** One of each market; all of them with `npm run test:e2e` on demand. */
const SYMBOLS = process.env.CI
  ? ['SPY', 'SIE.DE', 'BTC']
  : ['SPY', 'NVDA', 'MSFT', 'SIE.DE', 'GOOGL', 'PLTR', 'URTH', 'BTC', 'ETH', 'SOL', 'XRP'];
const COINS = ['BTC', 'ETH', 'SOL', 'XRP'];

for (const [nth, symbol] of SYMBOLS.entries()) {
  // half of them by keyboard, the others by mouse
  const choose = nth % 2 === 0 ? press : click;
  test(`${symbol}: each range has its title and a row for each of the API’s bars, chosen by ${choose.name}`, async ({
    page,
  }) => {
    test.slow();
    const { problems } = watch(page);
    await page.goto(`/?symbol=${symbol}&range=5D`);
    await settled(page);
    for (const [name, range] of Object.entries(RANGES)) {
      await test.step(name, async () => {
        await choose(page, name);
        await expect(page).toHaveURL(new RegExp(`range=${name}(&|$)`));
        const source = COINS.includes(symbol) ? 'CoinGecko (simulated)' : 'Yahoo Finance (simulated)';
        await expect(chartOf(page).getByRole('heading')).toHaveText(`${symbol} · ${name} · ${source}`);
        await expect(async () => {
          const bars = await shownBars(symbol, `range=${range}`);
          expect((await legendOf(page)).valuesOf('C')[0]).toBeCloseTo(bars.bars.at(-1)!.close, digitsOf(bars) - 1);
        }).toPass();
        await expect.poll(() => drawnPixels(page)).toBeGreaterThan(100);
        await page.keyboard.press('t');
        await expect(() => hasBars(page, symbol, range)).toPass({ timeout: REFETCHED_MS });
        await page.keyboard.press('t');
      });
    }
    expect(problems).toEqual([]);
  });
}

async function press(page: Page, name: string): Promise<void> {
  await page.keyboard.press(String(Object.keys(RANGES).indexOf(name) + 1));
}

async function click(page: Page, name: string): Promise<void> {
  await page.getByRole('group', { name: 'Range' }).getByRole('button', { name, exact: true }).click();
}

const digitsOf = ({ bars, assetClass }: Bars): number => {
  const close = bars.at(-1)?.close ?? 1;
  return assetClass === 'stock' || close >= 100 ? 2 : close >= 1 ? 4 : 6;
};

/** Expects one row per bar of the API besides pending ones, with the same first and last bars. */
async function hasBars(page: Page, symbol: string, range: string): Promise<void> {
  const response = await shownBars(symbol, `range=${range}`);
  const { bars } = response;
  await scrollTable(page, '0');
  const same = (row: Row | undefined, bar: (typeof bars)[number]) => {
    for (const price of ['open', 'high', 'low', 'close'] as const)
      expect(row?.[price]).toBeCloseTo(bar[price], digitsOf(response) - 1);
    // shown with 8 digits
    if (bar.volume !== null) expect(Math.abs(row!.volume - bar.volume)).toBeLessThanOrEqual(bar.volume * 1e-7);
  };
  const newest = await rowsInView(page);
  same(
    newest.find(({ close }) => !Number.isNaN(close)),
    bars.at(-1)!,
  );
  const count = await rowCount(page);
  await scrollTable(page, 'all');
  await expect(tableOf(page).locator(`tr[aria-rowindex="${count + 1}"]`)).toBeVisible({ timeout: 2_000 });
  same((await rowsInView(page)).at(-1), bars[0]!);
  if (count !== bars.length) {
    const pending = (await allRows(page)).filter(({ close }) => Number.isNaN(close));
    for (const { time } of pending) expect(time).toMatch(/pending$/);
    expect(count - pending.length).toBe(bars.length);
  }
}
