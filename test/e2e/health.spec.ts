import { expect, test } from '@playwright/test';
import { PAGES, settled, watch } from './pages.js';

test('a session is opened from the heat map and re-fetched with the keyboard only', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto(PAGES.health);
  await settled(page);
  const cell = page.getByRole('gridcell', { name: /^NVDA, .*: .* expected/ }).last();
  await page.locator('[role="gridcell"][tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await expect(cell).toBeFocused();
  await page.keyboard.press('Enter');

  const sheet = page.getByRole('dialog', { name: /^NVDA 1m/ });
  await expect(sheet).toContainText('bars expected');
  await expect(page).toHaveURL(/symbol=NVDA&session=\d{4}-\d\d-\d\d$/);
  await sheet.getByRole('checkbox', { name: 'Re-fetch stored bars too' }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Token' }).fill(process.env.E2E_TOKEN!);
  await page.keyboard.press('Enter');

  await expect(sheet.getByText(/^\d requests? for up to \d+ bars, about \d+\ss$/)).toBeVisible();
  await sheet.getByRole('button', { name: 'Start backfill' }).press('Enter');
  await expect(sheet.getByText('succeeded')).toBeVisible({ timeout: 45_000 });
  await page.keyboard.press('Escape');
  await expect(cell).toBeFocused();
  await expect(page).toHaveURL(/\/health$/);
  await expect(page.getByRole('row', { name: /NVDA · 1m .* re-fetch/ }).first()).toContainText('succeeded');
  expect(problems).toEqual([]);
});

test('every expected bar is accounted for', async ({ page }) => {
  await page.goto(PAGES.health);
  await settled(page);
  const figure = (name: string) =>
    page.locator('dl[aria-label="All series"] > div').filter({ hasText: name }).locator('dd');
  await expect(figure('unexplained')).toHaveText('0');
  await expect(figure('expected')).toHaveText(/^[\d,]{6,}$/);
});

test('a link to a session opens it, or says that no bars are expected', async ({ page }) => {
  await page.goto(`${PAGES.health}?symbol=BTC&timeframe=4d&session=2026-11-21`);
  await expect(page.getByRole('dialog', { name: /^BTC 4d/ })).toBeVisible();
  await page.goto(`${PAGES.health}?symbol=SPY&session=2026-11-22`);
  await expect(page.getByRole('dialog')).toContainText('No bars expected');
  await page.goto(`${PAGES.health}?symbol=NOPE&session=2026-11-20`);
  await expect(page.getByText('Unknown in the address, and left out: symbol NOPE')).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();
});
