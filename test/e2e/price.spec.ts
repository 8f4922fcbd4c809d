import { expect, test } from '@playwright/test';
import { get, type Schemas } from './api.js';
import { chartOf, legendOf, tableOf } from './chart.js';
import { settled, watch } from './pages.js';

/** Digits of XRP's price. */
const DIGITS = 4;
/** As the dashboard rounds: 1.87805 is 1.8781, where `toFixed` sees that it is stored as 1.87804…. */
const format = new Intl.NumberFormat('en-US', { minimumFractionDigits: DIGITS, maximumFractionDigits: DIGITS });

for (const range of ['5D', '1M', '1Y', 'Max']) {
  test(`${range}: legend, header and tab have the newest price, and the last bar is named as forming`, async ({
    page,
  }) => {
    const { problems } = watch(page);
    await page.goto(`/?symbol=XRP&range=${range}`);
    await settled(page);
    await expect(async () => {
      const { quote } = await get<Schemas['Latest']>('/api/crypto/XRP/latest');
      const price = format.format(quote!.price);
      expect((await legendOf(page)).valuesOf('C')[0]?.toFixed(DIGITS)).toBe(price);
      await expect(chartOf(page).getByText(`${price} USD`)).toBeVisible();
      expect(await page.title()).toMatch(new RegExp(`^XRP ${price} .*%.* Barkeep \\(simulated\\)$`));
    }).toPass();
    await expect(chartOf(page).getByText('forming, not final')).toBeVisible();
    await expect(chartOf(page).getByText('from previous bar')).toBeVisible();
    await expect(chartOf(page).getByText(`over ${range}`)).toBeVisible();
    // its minutes are Coinbase's
    await expect(chartOf(page).getByText(/^live/)).toBeVisible();
    await page.keyboard.press('t');
    await expect(tableOf(page).getByRole('row').nth(1)).toContainText('forming');
    expect(problems).toEqual([]);
  });
}

test('a page without a chart keeps its own title', async ({ page }) => {
  await page.goto('/?symbol=SPY');
  await expect(page).toHaveTitle(/^SPY \d/);
  await page.getByRole('link', { name: 'Runs' }).click();
  await expect(page).toHaveTitle('Pipelines and runs · Barkeep');
  await settled(page);
  await expect(page).toHaveTitle('Pipelines and runs · Barkeep');
});
