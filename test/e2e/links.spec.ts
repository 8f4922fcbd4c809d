import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { barsOf } from './api.js';
import { chartOf, legendOf } from './chart.js';
import { cardOf, settled, watch } from './pages.js';

const DEEP = '/?symbol=NVDA&range=5D&timeframe=30m&type=area&scale=log&studies=ema,rsi';

const titleOf = (page: Page) => chartOf(page).getByRole('heading');
const pressed = (page: Page, group: string) =>
  chartOf(page).getByRole('group', { name: group }).locator('[aria-pressed="true"]');

/** Expects the page to show the content of the deep link. */
async function expectDeep(page: Page): Promise<void> {
  await settled(page);
  await expect(titleOf(page)).toHaveText('NVDA · 5D · Yahoo Finance (simulated)');
  await expect(pressed(page, 'Range')).toHaveText('5D');
  await expect(pressed(page, 'Type')).toHaveAccessibleName('Area');
  await expect(pressed(page, 'Scale')).toHaveText('Log');
  await expect(page.getByRole('combobox', { name: 'Timeframe' })).toHaveValue('30m');
  await expect(chartOf(page).getByText('30-minute bars in USD')).toBeVisible();
  for (const [name, count] of Object.entries({ 'EMA 20': 1, 'RSI 14': 1, 'SMA 20': 0 }))
    await expect.poll(async () => (await legendOf(page)).valuesOf(name)).toHaveLength(count);
}

test('a link restores the whole chart, and the URL follows every setting', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto(DEEP);
  await expectDeep(page);
  await chartOf(page).getByRole('button', { name: 'Candles' }).click();
  await chartOf(page).getByRole('button', { name: 'Lin', exact: true }).click();
  await page.getByRole('combobox', { name: 'Timeframe' }).selectOption('1h');
  await expect(page).toHaveURL(/symbol=NVDA&range=5D&timeframe=1h&studies=ema,rsi$/);
  await expect(chartOf(page).getByText('1-hour bars in USD')).toBeVisible();
  expect(problems).toEqual([]);
});

test('up to four assets are compared in percent from the left edge', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto('/?symbol=NVDA&range=6M&scale=log&compare=spy,BTC,NVDA');
  await settled(page);
  await expect(pressed(page, 'Scale')).toHaveText('%');
  await chartOf(page).getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('checkbox', { name: 'SPY' })).toBeChecked();
  for (const name of ['MSFT', 'ETH']) {
    await page.getByRole('checkbox', { name }).click();
    await expect(page.getByRole('checkbox', { name })).toBeChecked();
  }
  await expect(page.getByRole('checkbox', { name: 'GOOGL' })).toBeDisabled();
  await expect(page).toHaveURL(/compare=SPY,BTC,MSFT,ETH/);
  await page.keyboard.press('Escape');
  await page.mouse.move(0, 0); // the legend then shows the latest bar

  const [own, other] = await Promise.all([barsOf('NVDA', 'range=6mo'), barsOf('MSFT', 'range=6mo')]);
  const since = other.bars.find(({ time }) => time >= own.bars[0]!.time)!;
  const change = (other.bars.at(-1)!.close / since.close - 1) * 100;
  await expect.poll(async () => (await legendOf(page)).valuesOf('MSFT')[0]).toBeCloseTo(change, 1);
  for (const symbol of ['SPY', 'BTC', 'ETH'])
    await expect.poll(async () => (await legendOf(page)).valuesOf(symbol)).toHaveLength(1);
  expect(problems).toEqual([]);
});

test('back and forward go through the visited assets', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto('/');
  await settled(page);
  await expect(titleOf(page)).toContainText('SPY · 1D');
  await cardOf(page, 'PLTR').click();
  await expect(titleOf(page)).toHaveText('PLTR · 1D · Yahoo Finance (simulated)');
  await cardOf(page, 'ETH').click();
  await page.keyboard.press('3');
  await expect(titleOf(page)).toHaveText('ETH · 1M · CoinGecko (simulated)');
  await page.goBack();
  await expect(titleOf(page)).toHaveText('PLTR · 1D · Yahoo Finance (simulated)');
  await page.goBack();
  await expect(titleOf(page)).toContainText('SPY · 1D');
  await page.goForward();
  await page.goForward();
  await expect(titleOf(page)).toHaveText('ETH · 1M · CoinGecko (simulated)');
  await expect(cardOf(page, 'ETH')).toHaveAttribute('aria-current', 'true');
  expect(problems).toEqual([]);
});

test('an untracked symbol is named, and another one can be selected', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto('/?symbol=nope&range=1Y');
  await expect(page.getByText('NOPE is not tracked')).toBeVisible();
  await cardOf(page, 'SPY').click();
  await expect(titleOf(page)).toHaveText('SPY · 1Y · Yahoo Finance (simulated)');
  expect(problems).toEqual([]);
});

test('the copied link restores the chart', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(DEEP);
  await settled(page);
  await chartOf(page).getByRole('button', { name: 'Link' }).click();
  await expect(chartOf(page).getByRole('button', { name: 'Copied' })).toBeVisible();
  const link = await page.evaluate<string>('navigator.clipboard.readText()');
  const other = await context.newPage();
  await other.goto(link);
  await expectDeep(other);
});

test('the CSV has the bars of the chart', async ({ page }) => {
  await page.goto('/?symbol=XRP&range=1Y');
  await settled(page);
  const coming = page.waitForEvent('download');
  await chartOf(page).getByRole('link', { name: 'CSV' }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/XRP.*\.csv$/);
  const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
  const { bars } = await barsOf('XRP', 'range=1y');
  const text = ({ time, open, high, low, close, volume }: (typeof bars)[number]) =>
    [time, open, high, low, close, volume ?? ''].join(',');
  expect(head).toBe('time,open,high,low,close,volume');
  expect(lines).toEqual(bars.map(text));
});
