import { expect, test } from '@playwright/test';
import { get, refetch, barsOf, exchange, post, type Schemas } from './api.js';
import { PAGES, giveToken, settled, watch } from './pages.js';

const MINUTE = 60_000;

test('an invalid row is quarantined with the broken rule and can be dismissed', async ({ page }) => {
  const { problems } = watch(page);
  const { bars } = await barsOf('MSFT', 'range=1d');
  const bar = bars.at(-20)!;
  const to = new Date(Date.parse(bar.time) + MINUTE).toISOString();
  await exchange(`/__corrupt?symbol=MSFT&from=${bar.time}&to=${to}`);
  try {
    await refetch('MSFT', bar.time.slice(0, 10));
  } finally {
    await exchange('/__corrupt?clear=1');
  }
  await page.goto(PAGES.health);
  await settled(page);
  const quarantine = page.locator('#quarantine');
  const row = quarantine.getByRole('row', { name: /^MSFT 1m/ }).first();
  await expect(row).toContainText(`high${bar.low}`);
  await expect(row).toContainText(`low${bar.high}`);
  await expect(row).toContainText('cannot be released: no usable values');
  await expect(row.getByRole('button', { name: 'Release' })).toBeHidden();
  const [rejected] = (await get<{ rejected: Schemas['RejectedBar'][] }>('/api/quarantine?state=open')).rejected;
  expect(rejected).toMatchObject({ symbol: 'MSFT', timeframe: '1m', releasable: false });
  expect(Date.parse(rejected!.time!)).toBe(Date.parse(bar.time));
  await expect(post(`/api/quarantine/${rejected!.id}/release`, { reason: 'as it is' })).rejects.toThrow('409');
  expect((await barsOf('MSFT', 'range=1d')).bars.find(({ time }) => time === bar.time)).toEqual(bar);

  await row.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('high and low are swapped');
  await page.keyboard.press('Enter');
  await giveToken(page);
  await expect(page.getByRole('dialog')).toBeHidden();
  await quarantine.getByRole('radio', { name: 'Dismissed' }).check();
  await expect(row).toContainText('“high and low are swapped”');
  expect(problems).toEqual([]);
});

test('a provider’s correction becomes a revision with both versions, and the API returns the new one', async ({
  page,
}) => {
  const { problems } = watch(page);
  const { bars } = await barsOf('PLTR', 'range=1d');
  const bar = bars.at(-20)!;
  const close = Number((bar.high * 1.01).toFixed(2));
  await exchange(`/__revise?symbol=PLTR&at=${bar.time}&close=${close}`);
  await refetch('PLTR', bar.time.slice(0, 10));
  await page.goto(PAGES.health);
  await settled(page);
  // its other source may have a revision of the same bar
  const lineage = page.getByRole('link', { name: 'Lineage' });
  const ofYahoo = lineage.and(page.locator(`[href="/api/lineage/PLTR/1m/${bar.time}?source=yahoo"]`));
  const row = page
    .locator('#revisions')
    .getByRole('row', { name: /^PLTR 1m/ })
    .filter({ has: ofYahoo })
    .first();
  await expect(row).toContainText(`close ${bar.close.toFixed(2)} → ${close.toFixed(2)}`);
  expect((await barsOf('PLTR', 'range=1d')).bars.find(({ time }) => time === bar.time)).toMatchObject({ close });
  expect(problems).toEqual([]);
});
