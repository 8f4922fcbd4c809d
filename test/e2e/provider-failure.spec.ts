import { expect, test, type Page } from '@playwright/test';
import { get, barsOf, exchange, marketNow, post, type Schemas } from './api.js';
import { allRows, chartOf, type Row, rowsInView } from './chart.js';
import { cardOf, PAGES, settled, watch } from './pages.js';

const MINUTE = 60_000;
/** A minute at the provider, its settle delay, the run that fetches it, and the page's interval. */
const NEXT_RUN_MS = 110_000;

const SYMBOL = 'GOOGL';
const PIPELINE = 'stocks_1min';

const open = async (page: Page, path: string) => {
  await page.goto(path);
  await settled(page);
};
const itemOf = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: new RegExp(`^${name}`) }) });

const runNow = () =>
  post(`/api/pipeline/schedules/${PIPELINE}/trigger`, { reason: 'the test does not wait for the minute' });

/** Shows the series of a symbol as overdue, which it is only once minutes have passed without a bar. */
const withOverdueSeries = (page: Page, symbol: string) =>
  page.route('**/api/pipeline/status', async (route) => {
    const response = await route.fetch();
    const status = (await response.json()) as Schemas['PipelineStatus'];
    for (const { freshness } of status.pipelines)
      for (const row of freshness)
        if (row.symbol === symbol && row.timeframe === '1m') Object.assign(row, { state: 'stale', lagSeconds: 180 });
    await route.fulfill({ response, json: status });
  });

/** Without the forming bar, which comes before the newest closed one. */
const closed = (rows: Row[]) => rows.filter(({ time }) => !time.endsWith('forming'));

test.afterEach(async () => {
  await exchange('/__faults?mode=none');
  await exchange('/__outage?clear=1');
});

test('missing bars are pending, a provider failure shows everywhere, and everything recovers by itself', async ({
  page,
  context,
}) => {
  test.setTimeout(4 * NEXT_RUN_MS);
  const { problems } = watch(page);
  const [chart, overview] = [await context.newPage(), await context.newPage()];
  await open(overview, PAGES.overview);

  await test.step('a minute that the provider leaves out is pending', async () => {
    const from = Math.floor((await marketNow()) / MINUTE) * MINUTE;
    const [first, last] = [from, from + 60 * MINUTE].map((time) => new Date(time).toISOString());
    await exchange(`/__outage?symbol=${SYMBOL}&from=${first}&to=${last}`);
    const pending = async () => {
      const coverage = await get<Schemas['Coverage']>(`/api/coverage/${SYMBOL}?start=${first!.slice(0, 10)}`);
      return coverage.sessions[0]?.pending;
    };
    await expect.poll(pending, { timeout: NEXT_RUN_MS }).toBeGreaterThan(0);
    await open(chart, `/?symbol=${SYMBOL}&range=1D&view=table`);
    // a minute that no run has asked for yet is pending, too
    await expect
      .poll(async () => closed(await rowsInView(chart))[0]?.time, { timeout: NEXT_RUN_MS })
      .toMatch(/pending$/);
    await expect(chartOf(chart).getByText(/^\d bars? pending: /)).toBeVisible();
  });
  const left = closed(await rowsInView(chart))[0]!
    .time.replace(/pending$/, '')
    .trim();
  // not CoinGecko: whether its pipeline fires meanwhile is up to the clock
  await exchange('/__faults?mode=drift&provider=yahoo');
  await runNow();

  await test.step('a failed run shows the type of its error', async () => {
    await open(page, `${PAGES.runs}?pipeline=${PIPELINE}`);
    // a run in progress only fails partly
    await expect(itemOf(page, PIPELINE)).toContainText(/stocks_1min\s*failing/, { timeout: NEXT_RUN_MS });
    const { runs } = await get<{ runs: Schemas['Run'][] }>(`/api/pipeline/runs?pipeline=${PIPELINE}&status=failed`);
    expect(runs[0]).toMatchObject({ errorType: 'SchemaDrift', assetsOk: 0, assetsFailed: 7 });
    const row = page
      .locator('table[aria-rowcount] tbody')
      .getByRole('row', { name: /failed/ })
      .first();
    await expect(row).toContainText(runs[0]!.errorMessage!);
    await row.getByRole('link').click();
    const sheet = page.getByRole('dialog');
    await expect(sheet).toContainText('7 failed · 0 of 7 assets');
    await expect(sheet.getByText('SchemaDrift').first()).toBeVisible();
    await expect(sheet.getByRole('row', { name: /SPY 1m Yahoo Finance .*failed/ })).toBeVisible();
    const temporal = sheet.getByRole('link', { name: 'Open in the Temporal Web UI' });
    await expect(temporal).toHaveAttribute('href', runs[0]!.temporalUrl);
  });

  await test.step('the provider’s outage shows, and the others are healthy', async () => {
    await open(page, PAGES.health);
    await expect(itemOf(page, 'Yahoo Finance')).toContainText('(SchemaDrift); probing with one request at a time');
    await expect(itemOf(page, 'CoinGecko')).toContainText('healthy');
    const { providers } = await get<Schemas['Providers']>('/api/providers');
    expect(providers.map(({ provider, state }) => [provider, state])).toEqual([
      ['yahoo', 'outage'],
      ['coingecko', 'ok'],
      ['alpaca', 'ok'],
      ['coinbase', 'ok'],
    ]);
  });

  await test.step('a card shows that its price is old, and why', async () => {
    await withOverdueSeries(overview, SYMBOL);
    await expect(cardOf(overview, SYMBOL)).toContainText('failing 3 min behind', { timeout: NEXT_RUN_MS });
    await expect(cardOf(overview, 'BTC')).not.toContainText(/failing|stale/);
    await expect(overview.getByText('1 of 5 failing').first()).toBeVisible();
    await overview.unroute('**/api/pipeline/status');
  });

  await exchange('/__faults?mode=none');
  await exchange('/__outage?clear=1');
  await runNow();
  await test.step('the next runs fetch everything, including the missing minute', async () => {
    await expect(cardOf(overview, SYMBOL)).toContainText('live', { timeout: NEXT_RUN_MS });
    await expect(overview.getByText('All 5 active').first()).toBeVisible();
    await expect(itemOf(page, 'Yahoo Finance')).toContainText('healthy');
    await chart.bringToFront();
    await expect(async () => {
      const rows = closed(await allRows(chart));
      const { bars } = await barsOf(SYMBOL, 'range=1d');
      expect(rows.map(({ time }) => time)).toContain(left);
      expect(rows.map(({ close }) => close).reverse()).toEqual(bars.map(({ close }) => Number(close.toFixed(2))));
    }).toPass({ timeout: NEXT_RUN_MS });
  });
  expect(problems).toEqual([]);
});
