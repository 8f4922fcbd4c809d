import { expect, test } from '@playwright/test';
import { chartOf, legendOf } from './chart.js';
import { PAGES, settled } from './pages.js';

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
