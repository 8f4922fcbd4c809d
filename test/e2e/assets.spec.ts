import { expect, test, type Page } from '@playwright/test';
import { get, post, type Schemas } from './api.js';
import { chartOf } from './chart.js';
import { cardOf, giveToken, PAGES, settled, watch } from './pages.js';

/** The sandbox trades whatever looks like a symbol. */
const [ADDED, RENAMED] = ['QQAB.DE', 'QQAC.DE'];
const FILLED_MS = 60_000;

const assetOf = (symbol: string) => get<Schemas['Asset']>(`/api/assets/${symbol}`);

type Dialog = ReturnType<Page['getByRole']>;

/** Chooses an action of the chart's asset and gives a reason. */
async function manage(page: Page, action: string, fill: (dialog: Dialog) => Promise<void>) {
  await chartOf(page).getByRole('button', { name: 'Manage' }).click();
  await chartOf(page).getByRole('button', { name: action }).click();
  const dialog = page.getByRole('dialog', { name: action });
  await fill(dialog);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
}

const reason = (text: string) => async (dialog: Dialog) => dialog.getByRole('textbox', { name: 'Reason' }).fill(text);

test('an asset is found, added, followed by its backfill, paused, resumed, renamed and retired', async ({ page }) => {
  test.setTimeout(3 * FILLED_MS);
  const { problems } = watch(page);
  await page.goto(PAGES.overview);
  await settled(page);

  await test.step('found and added with the keyboard only', async () => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox', { name: 'Asset, range, run, page or action' })).toBeFocused();
    await page.keyboard.type('add assets');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add assets' });
    await expect(dialog.getByRole('searchbox')).toBeFocused();
    await expect(page).toHaveURL(/add=/);
    await page.keyboard.type('siemens');
    await expect(dialog.getByRole('link', { name: 'Chart of SIE.DE' })).toBeVisible();
    await dialog.getByRole('searchbox').fill(ADDED);
    const add = page.getByRole('button', { name: `Add ${ADDED}` });
    await expect(dialog.getByRole('listitem').filter({ has: add })).toContainText('stock · XETRA');
    await page.keyboard.press('ArrowDown');
    await expect(add).toBeFocused();
    await page.keyboard.press('Enter');
    await giveToken(page);
    await expect(dialog.getByText('followed', { exact: true })).toBeVisible();
    await expect(dialog.getByText(/backfill/)).toBeVisible();
    await expect(dialog.getByText(/backfill succeeded, [\d,]+ bars/)).toBeVisible({ timeout: FILLED_MS });
    await dialog.getByRole('link', { name: `Chart of ${ADDED}` }).click();
    await expect(dialog).toBeHidden();
    await expect(chartOf(page).getByRole('heading')).toContainText(`${ADDED} · 1D`);
    await expect(cardOf(page, ADDED)).toContainText('EUR');
  });

  await test.step('paused: the card and the chart say so, with the reason', async () => {
    await manage(page, `Pause ${ADDED}`, reason('trading is suspended'));
    await expect(cardOf(page, ADDED)).toContainText('paused');
    await expect(chartOf(page)).toContainText('Paused: trading is suspended.');
    expect(await assetOf(ADDED)).toMatchObject({ status: 'paused', inactiveBecause: 'trading is suspended' });
    await manage(page, `Resume ${ADDED}`, reason('trading goes on'));
    await expect(cardOf(page, ADDED)).not.toContainText('paused');
  });

  await test.step('renamed: the chart is that of the new symbol, and the old one still leads to it', async () => {
    await fetch(`${process.env.E2E_SANDBOX}/__rename?from=${ADDED}&to=${RENAMED}`);
    await manage(page, `Rename ${ADDED}`, async (dialog) => {
      await dialog.getByRole('textbox', { name: 'New symbol' }).fill(RENAMED);
      await reason('the company changed its ticker')(dialog);
    });
    await expect(chartOf(page).getByRole('heading')).toContainText(`${RENAMED} · 1D`);
    await expect(cardOf(page, RENAMED)).toBeVisible();
    await expect(cardOf(page, ADDED)).toBeHidden();
    expect(await assetOf(ADDED)).toMatchObject({ symbol: RENAMED, formerSymbols: [ADDED] });
  });

  await test.step('retired: listed apart, its bars still shown', async () => {
    await manage(page, `Retire ${RENAMED}`, reason('taken over'));
    const retired = page.getByRole('region', { name: 'Retired' });
    await expect(retired.getByText(RENAMED, { exact: true })).toBeVisible();
    await expect(chartOf(page)).toContainText('Retired: taken over.');
    await chartOf(page).getByRole('button', { name: 'Table' }).click();
    await expect(chartOf(page).getByRole('row').nth(1)).toBeVisible();
  });
  expect(problems).toEqual([]);
});

test('what cannot be followed says why, beside the symbols that can', async ({ page }) => {
  await page.goto('/?add=');
  const dialog = page.getByRole('dialog', { name: 'Add assets' });
  await dialog.getByRole('searchbox').fill('NO_SUCH, SPY');
  await dialog.getByRole('button', { name: 'Add 2: NO_SUCH, SPY' }).click();
  await giveToken(page);
  const row = (symbol: string) => dialog.getByRole('listitem').filter({ hasText: symbol });
  await expect(row('NO_SUCH').getByRole('alert')).toContainText('cannot be followed');
  await expect(row('SPY')).toContainText('followed');
});

test('a closure is announced and undone from the clock of its market', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto(PAGES.overview);
  await settled(page);
  const { markets } = await get<Schemas['MarketsStatus']>('/api/markets/status');
  const next = markets.find(({ mic }) => mic === 'XHKG')!.next!.at.slice(0, 10);
  await page.getByRole('button', { name: 'Closures of Hong Kong' }).click();
  const dialog = page.getByRole('dialog', { name: 'Hong Kong: closures' });
  await expect(dialog).toContainText('None announced.');
  await dialog.getByRole('button', { name: 'Announce a closure' }).click();
  await page.getByLabel('Date').fill(next);
  await page.getByRole('textbox', { name: 'Reason' }).fill('typhoon');
  await page.keyboard.press('Enter');
  await giveToken(page);
  await expect(dialog.getByRole('listitem')).toContainText('typhoon');
  const { closures } = await get<Schemas['MarketClosures']>('/api/markets/XHKG/closures');
  expect(closures).toMatchObject([{ date: next, reason: 'typhoon', list: 'database' }]);

  await dialog.getByRole('button', { name: /^Undo the closure/ }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('the storm has turned');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('None announced.');
  expect(problems).toEqual([]);
});

test('the chart names the sources of an asset, marks the bars of a later one, and shows one alone', async ({
  page,
}) => {
  const { problems } = watch(page);
  await page.goto('/?symbol=BTC&range=1D');
  await settled(page);
  const sources = chartOf(page).getByRole('group', { name: 'Source' });
  await expect(sources.getByRole('button', { name: /^CoinGecko/ })).toContainText(/\d+ bars/);
  await sources.getByRole('button', { name: /^Coinbase/ }).click();
  await expect(page).toHaveURL(/source=coinbase/);
  await expect(chartOf(page).getByRole('heading')).toContainText('Coinbase');
  await sources.getByRole('button', { name: 'All' }).click();
  await expect(page).not.toHaveURL(/source=/);
  await expect(chartOf(page).getByRole('heading')).toContainText('CoinGecko');
  expect(problems).toEqual([]);
});

test('data health compares the sources of a session: figures, a picture and the largest differences', async ({
  page,
}) => {
  const { problems } = watch(page);
  test.setTimeout(3 * FILLED_MS);
  // sessions are compared once both sources were asked for all of one: the verification does that
  await post('/api/pipeline/schedules/verify_bars/trigger', { reason: 'sources are compared' });
  const compared = async () =>
    (await get<Schemas['Agreement']>('/api/agreement/SPY?timeframe=1m&limit=1')).comparisons[0];
  await expect.poll(async () => (await compared()) !== undefined, { timeout: 2 * FILLED_MS }).toBe(true);
  const { symbol, bars } = (await compared())!;
  await page.goto(PAGES.health);
  await settled(page);
  await page.getByRole('combobox', { name: 'Asset' }).selectOption(symbol);
  await page
    .locator('#agreement')
    .getByRole('button', { name: /^Compare/ })
    .first()
    .click();
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText(`bars that both have${bars.toLocaleString('en-US')}`);
  await expect(sheet.getByRole('list', { name: 'Lines' })).toContainText('difference');
  await page.getByRole('slider', { name: 'Bar of the session' }).press('ArrowLeft');
  await expect(sheet.getByRole('status').last()).toContainText(/difference|–/);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/health$/);
  expect(problems).toEqual([]);
});
