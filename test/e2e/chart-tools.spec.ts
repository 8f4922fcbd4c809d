import { expect, test } from '@playwright/test';
import { barsOf, get, type Schemas } from './api.js';
import { chartOf, legendOf, rowsInView, tableOf } from './chart.js';
import { PAGES, settled, violationsOf, watch } from './pages.js';

test.describe('a bar’s story', () => {
  test('opens with Enter on a candle, and has value, source, the provider’s row, rules and revisions', async ({
    page,
  }) => {
    const { problems } = watch(page);
    await page.goto('/?symbol=MSFT&range=1Y');
    await settled(page);
    await page.keyboard.press('c');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog');
    const { bars } = await barsOf('MSFT', 'range=1y');
    const path = `/api/lineage/MSFT/1d/${bars[0]!.time}`;
    const { bar, answer } = await get<Schemas['Lineage']>(path);
    await expect(sheet).toContainText(bar!.close.toFixed(2));
    await expect(sheet).toContainText('from Yahoo Finance (simulated), stored');
    await expect(sheet).toContainText(answer!.payload.sha256);
    for (const part of ['Value', 'The provider’s own row', 'Payload', 'Rules', 'Revisions'])
      await expect(sheet.getByRole('heading', { name: part })).toBeVisible();
    await expect(sheet.locator('pre').first()).toContainText('"close"');
    await page.keyboard.press('Escape');
    await expect(sheet).toBeHidden();
    await expect(page).not.toHaveURL(/bar=/);
    expect(problems).toEqual([]);
  });

  test('of an aggregate bar lists the stored bars in it, each with its own', async ({ page }) => {
    await page.goto('/?symbol=SPY&range=5Y');
    await settled(page);
    await page.keyboard.press('t');
    const weekOf = async () => (await rowsInView(page)).find(({ index }) => index === 5)?.time;
    await expect.poll(weekOf).toBeDefined();
    await tableOf(page)
      .getByRole('button', { name: await weekOf(), exact: true })
      .click();
    const sheet = page.getByRole('dialog');
    await expect(sheet.getByRole('heading', { name: 'Built from 1d bars' })).toBeVisible();
    const parts = sheet.getByRole('listitem').getByRole('button');
    await expect(parts.nth(2)).toBeVisible();
    expect(await parts.count()).toBeLessThanOrEqual(5);
    await parts.first().click();
    await expect(sheet.getByRole('heading', { name: 'Payload' })).toBeVisible();
    await sheet.getByRole('button', { name: 'Back to all bars in it' }).click();
    await expect(parts.nth(2)).toBeVisible();
  });

  test('opens with a click on a candle, not beside it', async ({ page }) => {
    await page.goto('/?symbol=NVDA&range=1M&timeframe=1d');
    await settled(page);
    const drawing = page.locator('#chart [role="application"]');
    const { width, height } = (await drawing.boundingBox())!;
    await drawing.click({ position: { x: width / 2, y: 60 } });
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(async () => {
      for (let y = 70; y < height * 0.7 && !/bar=/.test(page.url()); y += 14)
        await drawing.click({ position: { x: width / 2, y } });
      await expect(page).toHaveURL(/bar=2026-/);
    }).toPass();
    await expect(page.getByRole('dialog')).toBeVisible();
  });
});

test('as of an earlier instant, the chart has the bars that the store had then', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto('/?symbol=SPY&range=1D');
  await settled(page);
  await chartOf(page).getByRole('button', { name: 'As of' }).click();
  await expect(page).toHaveURL(/asOf=/);
  await expect(chartOf(page)).toContainText('as the store knew it on');
  await expect(chartOf(page)).toContainText('past state');
  await expect(chartOf(page).getByText('forming, not final')).toBeHidden();
  const slider = page.getByRole('slider', { name: 'Instant' });
  await slider.focus();
  for (let minute = 0; minute < 3; minute++) await page.keyboard.press('ArrowLeft');
  await expect(async () => {
    const asOf = new URL(page.url()).searchParams.get('asOf')!;
    const { bars } = await barsOf('SPY', `range=1d&asOf=${asOf}`);
    expect((await legendOf(page)).valuesOf('C')[0]).toBe(Number(bars.at(-1)!.close.toFixed(2)));
  }).toPass();
  await chartOf(page).getByRole('button', { name: 'Now' }).click();
  await expect(page).not.toHaveURL(/asOf/);
  await expect(chartOf(page).getByText('streaming')).toBeVisible();
  expect(problems).toEqual([]);
});

test('the command palette finds assets, ranges, runs, pages and actions, from any page', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const { problems } = watch(page);
  await page.goto(PAGES.health);
  await settled(page);
  const field = page.getByRole('combobox', { name: 'Asset, range, run, page or action' });
  const choose = async (text: string) => {
    await page.keyboard.press('Control+k');
    await field.fill(text);
    await page.keyboard.press('Enter');
    await expect(field).toBeHidden();
  };
  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await expect(page.getByRole('option', { name: 'NVDA NVIDIA' })).toBeVisible();
  await page.keyboard.press('Escape');
  await choose('siem');
  await expect(chartOf(page).getByRole('heading')).toContainText('SIE.DE · 1D');
  await choose('5y');
  await expect(page).toHaveURL(/range=5Y/);
  await choose('switch theme');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await choose('stocks_1min succeeded');
  await expect(page).toHaveURL(/\/runs\?run=stocks_1min/);
  await expect(page.getByRole('dialog', { name: /^stocks_1min/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await choose('data health');
  await expect(page).toHaveURL(/\/health/);
  expect(problems).toEqual([]);
});

test('the request of a chart can be copied as curl, SQL and Python', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/?symbol=SPY&range=1Y&studies=rsi');
  await settled(page);
  await chartOf(page).getByRole('button', { name: 'Request' }).click();
  const dialog = page.getByRole('dialog');
  for (const [name, part] of [
    ['curl', /^curl 'http:.*\/api\/stocks\/SPY\/ohlcv\?range=1y&timeframe=1d/],
    ['SQL', /from stock_prices\nwhere symbol = 'SPY'/],
    ['Python', /from urllib.request import urlopen/],
  ] as const) {
    await dialog.getByRole('button', { name: `Copy ${name}` }).click();
    await expect.poll(() => page.evaluate<string>('navigator.clipboard.readText()')).toMatch(part);
  }
  const curl = await dialog.locator('pre').first().innerText();
  for (const [, url] of curl.matchAll(/'(.+)'/g)) expect((await fetch(url!)).status).toBe(200);
});

test('the overview lists every endpoint with a curl to copy, the steps of each pipeline, and the three steps', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(PAGES.overview);
  await settled(page);
  await page.getByRole('button', { name: 'curl of /api/stocks/{symbol}/ohlcv' }).click();
  const curl = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(curl).toBe(`curl '${process.env.E2E_API}/api/stocks/NVDA/ohlcv?range=1d'`);
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'crypto_20min' }) });
  for (const text of ['1Plan', '2Extract', '3Transform', '4Load', 'BTC', 'XRP']) await expect(card).toContainText(text);
  for (const step of ['Extract', 'Transform', 'Load'])
    await expect(page.locator('#architecture').getByText(step, { exact: true })).toBeVisible();
});

for (const copies of [1, 3]) {
  const many = copies > 1 ? ', even with clocks of many markets' : '';
  test(`at 1440 × 900 the chart’s volume and time axis are in the first screen${many}`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.route('**/api/markets/status', async (route) => {
      const response = await route.fetch();
      const status = (await response.json()) as Schemas['MarketsStatus'];
      const markets = Array.from({ length: copies }, (_, n) =>
        status.markets.map((market) => ({ ...market, mic: `${market.mic}${n || ''}` })),
      );
      await route.fulfill({ response, json: { ...status, markets: markets.flat() } });
    });
    await page.goto('/?symbol=SPY&range=1Y');
    await settled(page);
    const { y, height } = (await page.locator('#chart [role="application"]').boundingBox())!;
    expect(y + height).toBeLessThan(900);
    await expect(page.locator('#chart').getByText('Volume')).toBeInViewport();
    expect(await violationsOf(page)).toEqual([]);
  });
}
