import { expect, test, type Page } from '@playwright/test';
import { get, type Schemas } from './api.js';
import { artifact, giveToken, LOOKS, PAGES, settled, violationsOf, watch } from './pages.js';

const AT = '2026-11-20T15:42:38Z';
const alert = (change: Partial<Schemas['Alert']>): Schemas['Alert'] => ({
  ...{ id: 1, kind: 'outage', subject: 'yahoo', severity: 'critical', because: null, closedAt: null, toldAt: null },
  ...{
    since: AT,
    openedAt: AT,
    message: 'Yahoo Finance is in an outage: most of its assets show the symptom SchemaDrift.',
  },
  advice: 'Barkeep probes it until it recovers, and then fetches what is missing.',
  ...change,
});
const ALERTS = [
  alert({}),
  alert({
    ...{ id: 2, kind: 'stale', subject: 'NVDA', because: 'outage yahoo' },
    message: 'Bars of NVDA (1m) have been overdue since 2026-11-20 15:42 UTC.',
  }),
  alert({
    id: 3,
    kind: 'quota',
    severity: 'warning',
    message: "Less than 10 % of this month's 10,000 calls to CoinGecko are left, but more than that of the month.",
  }),
];
const CLOSED = alert({
  id: 4,
  severity: 'notice',
  closedAt: '2026-11-20T16:42:38Z',
  message: 'The close of SPY (1m) is above 640.',
});

/** Serves these alerts instead of those of the sandbox, in which nothing is wrong. */
const withAlerts = (page: Page, open: object[]) =>
  page.route(/\/api\/alerts\?/, (route) => {
    const isAll = route.request().url().includes('state=all');
    return route.fulfill({ json: { alerts: isAll ? [...open, CLOSED] : open, nextCursor: null } });
  });
const bell = (page: Page) => page.getByRole('banner').getByRole('button', { name: /^Alerts/ });
const sheet = (page: Page) => page.getByRole('dialog', { name: 'Alerts' });

for (const { width, viewport, colorScheme } of LOOKS)
  test(`the bell counts the open alerts and lists them: ${colorScheme}, ${width}`, async ({ browser }) => {
    const context = await browser.newContext({ baseURL: process.env.E2E_API, colorScheme, viewport });
    const page = await context.newPage();
    const { problems } = watch(page);
    await withAlerts(page, ALERTS);
    await page.goto(PAGES.overview);
    await settled(page);
    await expect(bell(page)).toHaveAccessibleName('Alerts: 3 open');
    await bell(page).click();
    const open = sheet(page).getByRole('list', { name: 'Open alerts' }).getByRole('listitem');
    await expect(open).toHaveCount(3);
    await expect(open.nth(1)).toContainText('Caused by: outage yahoo.');
    await expect(sheet(page).getByRole('list', { name: 'Closed alerts' })).toContainText(/lasted 1\sh/);
    expect(await violationsOf(page)).toEqual([]);
    await page.emulateMedia({ colorScheme, forcedColors: 'active' });
    expect(await violationsOf(page, 'dialog[open]')).toEqual([]);
    await page.emulateMedia({ colorScheme, forcedColors: 'none' });
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await page.screenshot({ path: artifact(`alerts-${colorScheme}-${width}`) });
    await page.keyboard.press('Escape');
    await expect(sheet(page)).toBeHidden();
    await expect(bell(page)).toBeFocused();
    expect(problems).toEqual([]);
    await context.close();
  });

test('a crossing of the asset on the chart is watched and deleted, with the keyboard only', async ({ page }) => {
  await withAlerts(page, []);
  await page.goto('/?symbol=SPY&range=1D');
  await settled(page);
  await bell(page).focus();
  await page.keyboard.press('Enter');
  await expect(sheet(page)).toContainText('No open alerts');
  const form = sheet(page).getByRole('form', { name: 'Watch SPY' });
  await form.getByRole('radio', { name: 'above' }).focus();
  await page.keyboard.press('ArrowRight');
  await form.getByRole('textbox', { name: 'Price in USD' }).focus();
  await page.keyboard.type('1.25');
  await page.keyboard.press('Enter');
  await giveToken(page);
  const rules = sheet(page).getByRole('list', { name: 'Watched crossings' });
  await expect(rules).toContainText('the close of SPY (1m) is below 1.25');
  const stored = () => get<Schemas['AlertRules']>('/api/alerts/rules?symbol=SPY');
  expect((await stored()).rules).toMatchObject([{ measure: 'close', direction: 'below', level: 1.25 }]);
  await rules.getByRole('button', { name: /^Delete/ }).focus();
  await page.keyboard.press('Enter');
  await expect(sheet(page)).toContainText('No crossings watched.');
  expect((await stored()).rules).toEqual([]);
});
