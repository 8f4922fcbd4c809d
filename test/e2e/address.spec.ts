import { expect, test } from '@playwright/test';
import { barsOf } from './api.js';
import { chartOf, legendOf } from './chart.js';
import { PAGES, settled, watch } from './pages.js';

/** From a note to the panel that it is about, px. */
const NEAR = 20;
const DAY = 86_400_000;

test('what the address names and the chart does not have is named, and can be removed', async ({ page }) => {
  await page.goto('/?symbol=SPY&range=1mo&compare=ZZZ,MSFT&studies=sma20,nope');
  await settled(page);
  await expect(chartOf(page).getByRole('heading')).toContainText('SPY · 1M');
  await expect(chartOf(page)).toContainText('Unknown in the address, and left out: studies nope; compare ZZZ');
  await chartOf(page).getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page).toHaveURL(/studies=sma20(&|$)/);
  await expect(page).toHaveURL(/compare=MSFT(&|$)/);
  await expect(chartOf(page).getByText('Unknown in the address')).toBeHidden();
});

test('what the address of another page names and the page does not have is named, too', async ({ page }) => {
  await page.goto(`${PAGES.runs}?pipeline=stoks&timeline=2h`);
  await expect(page.getByText('Unknown in the address, and left out: pipeline stoks; timeline 2h')).toBeVisible();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${PAGES.runs}$`));
  await page.goto(`${PAGES.health}?sessions=31&session=yesterday`);
  await expect(page.getByText('Unknown in the address, and left out: sessions 31; session yesterday')).toBeVisible();
  await page.goto(`${PAGES.health}?comparison=nothing`);
  const note = page.getByText('Unknown in the address, and left out: comparison nothing');
  const [at, panel] = await Promise.all([note.boundingBox(), page.locator('#agreement').boundingBox()]);
  expect(panel!.y - (at!.y + at!.height)).toBeLessThan(NEAR);
});

test('a bar of the address that does not exist is named in words, without a request that fails', async ({ page }) => {
  const { problems } = watch(page);
  const address = '/?symbol=SPY&range=1D&timeframe=1m&bar=';
  for (const [bar, words] of [
    ['2026-11-21T15:30:00Z', 'SPY has no 1m bar that opens at 2026-11-21T15:30:00Z'], // a Saturday
    ['2026-11-20T15:30:30Z', 'SPY has no 1m bar that opens at 2026-11-20T15:30:30Z'], // between two bars
    ['2099-01-05T15:30:00Z', 'SPY has no 1m bar that opens at 2099-01-05T15:30:00Z'],
    ['1800-01-01', 'SPY has no 1m bar that opens at 1800-01-01T00:00:00Z'],
    ['yesterday', 'yesterday is not a time'],
  ] as const) {
    await page.goto(`${address}${bar}`);
    await expect(chartOf(page)).toContainText(`The address names a bar, but ${words}.`);
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  await chartOf(page).getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page).not.toHaveURL(/bar=/);
  const { bars } = await barsOf('SPY', 'range=5d&timeframe=1m');
  await page.goto(`${address}${bars[0]!.time}`); // out of view, but a bar
  await expect(page.getByRole('dialog')).toContainText('Value');
  expect(problems).toEqual([]);
});

test('no wrong value in an address leads to a request that fails', async ({ page }) => {
  const { problems } = watch(page);
  for (const [address, unknown] of [
    ['/?symbol=SPY&asOf=2099-01-01', 'asOf 2099-01-01'],
    ['/?symbol=SPY&source=moon', 'source moon'],
    ['/?symbol=SPY&range=Max&bar=2026-11-20', null],
    [`${PAGES.health}?symbol=ZZZ&session=2026-11-20`, 'symbol ZZZ'],
    [`${PAGES.health}?symbol=SPY&session=2026-13-45`, 'session 2026-13-45'],
    [`${PAGES.health}?comparison=SPY/2026-13-45/1m/yahoo/alpaca`, 'comparison SPY/2026-13-45/1m/yahoo/alpaca'],
  ] as const) {
    await page.goto(address);
    await settled(page);
    if (unknown !== null) await expect(page.getByText(`left out: ${unknown}`)).toBeVisible();
    else await expect(chartOf(page)).toContainText('has no 1mo bar that opens at 2026-11-20');
  }
  expect(problems).toEqual([]);
});

test('a chart of the past says that its bars were not there yet, and nothing of what goes on now', async ({ page }) => {
  const before = new Date(Date.now() - DAY).toISOString(); // the store began a few minutes ago
  await page.goto(`/?symbol=SPY&range=1Y&asOf=${before}`);
  await settled(page);
  await expect(chartOf(page)).toContainText('The store had not fetched them yet at that time.');
});

test('VWAP is not drawn on daily bars, and the menu says why', async ({ page }) => {
  await page.goto('/?symbol=SPY&range=1Y&studies=vwap,sma20');
  await settled(page);
  await expect.poll(async () => (await legendOf(page)).valuesOf('SMA 20')).toHaveLength(1);
  await expect(chartOf(page).getByText('VWAP')).toHaveCount(0);
  await chartOf(page).getByRole('button', { name: 'Indicators', exact: true }).click();
  await expect(page.getByRole('checkbox', { name: 'VWAP' })).toBeDisabled();
  await expect(page.getByText('only on bars shorter than a day')).toBeVisible();
});

test('the timeline has four lengths, and its lanes are lists of runs', async ({ page }) => {
  await page.goto(`${PAGES.runs}?timeline=6h`);
  await settled(page);
  await expect(page.getByRole('radio', { name: '6 h' })).toBeChecked();
  await page.getByRole('radio', { name: '1 h' }).click();
  await expect(page).toHaveURL(/timeline=1h/);
  await expect(page.getByText('one mark per 1 min')).toBeVisible();
  await expect(page.getByRole('slider')).toHaveCount(0);
  const lane = page.getByRole('listbox', { name: /^Runs of stocks_1min/ });
  await lane.focus();
  await page.keyboard.press('Home');
  await expect(lane.getByRole('option', { selected: true })).toHaveAttribute('aria-posinset', '1');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('a coin has no days without a session', async ({ page }) => {
  await page.goto(PAGES.health);
  await settled(page);
  await expect(page.getByRole('gridcell', { name: /^BTC, / }).first()).toBeVisible();
  await expect(page.getByRole('gridcell', { name: /^BTC, .*: no session$/ })).toHaveCount(0);
});
