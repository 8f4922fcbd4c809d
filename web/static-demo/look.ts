import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { staticHost } from '../../test/documents/static-dashboard';
import { settled } from '../../test/e2e/pages';
import type { RecordingIndex } from '../lib/api/recorded';
import type { Bars } from '../lib/api/types';
import { RANGES, type RangeName } from '../lib/ranges';
import { DEMO_PATH, FOLDER } from './folder';

/** One of each market. */
const SYMBOLS = ['SPY', 'SIE.DE', 'BTC'];
const isCoin = (symbol: string) => symbol === 'BTC';

const host = { origin: '', close: () => {} };

test.beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), 'barkeep-demo-'));
  const served = join(root, DEMO_PATH);
  mkdirSync(dirname(served), { recursive: true });
  if (DEMO_PATH !== '/') symlinkSync(FOLDER, served);
  const server = await staticHost(DEMO_PATH === '/' ? FOLDER : root, 0);
  host.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  host.close = () => {
    server.close();
    rmSync(root, { recursive: true, force: true });
  };
});
test.afterAll(() => host.close());

const at = (path: string) => `${host.origin}${DEMO_PATH.replace(/\/$/, '')}${path}`;

/** Opens a page, and collects what must not happen on it: errors, responses that are not recorded, requests elsewhere. */
async function open(page: Page, path: string): Promise<string[]> {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.text().startsWith('Not in the recording')) problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('request', (request) => request.url().startsWith(at('/')) || problems.push(`elsewhere: ${request.url()}`));
  await page.goto(at(path));
  await settled(page);
  return problems;
}

const recorded = <T>(key: string): T => {
  const read = (file: string) => JSON.parse(readFileSync(join(FOLDER, 'recording', `${file}.json`), 'utf8')) as unknown;
  return read(String((read('index') as RecordingIndex)[key])) as T;
};
const barsOf = (symbol: string, range: string): Bars =>
  recorded(`/api/${isCoin(symbol) ? 'crypto' : 'stocks'}/${symbol}/ohlcv?limit=10000&range=${range}`);

test('each page is complete, and says that it is a recording of simulated prices', async ({ page }) => {
  const problems = await open(page, '/');
  for (const name of ['Overview', 'Runs', 'Data health']) {
    const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name });
    if (await link.isVisible()) await link.click();
    await settled(page);
    await expect(page.getByText('SIMULATED', { exact: true })).toBeVisible();
    await expect(page.getByRole('complementary', { name: 'About this demo' })).toContainText(
      /Recording of simulated prices.*on \d+ \w+ 20\d\d, \d\d:\d\d UTC/,
    );
  }
  // by their addresses, too
  for (const path of ['/runs', '/health', '/health/']) {
    await page.goto(at(path));
    await settled(page);
  }
  expect(problems).toEqual([]);
});

for (const symbol of SYMBOLS)
  test(`the chart of ${symbol} has the recorded bars of each range`, async ({ page }) => {
    const problems = await open(page, `/?symbol=${symbol}&range=1D&view=table`);
    for (const [index, name] of (Object.keys(RANGES) as RangeName[]).entries()) {
      await page.keyboard.press(String(index + 1));
      await expect(page.locator('#chart').getByRole('heading')).toContainText(`${symbol} · ${name} ·`);
      const { bars } = barsOf(symbol, RANGES[name]);
      // the forming bar comes on top
      const rows = () => page.locator('#chart table').getAttribute('aria-rowcount').then(Number);
      await expect.poll(async () => (await rows()) - bars.length).toBeLessThanOrEqual(2 + bars.length * 0.1);
      expect(await rows()).toBeGreaterThanOrEqual(bars.length);
    }
    expect(problems).toEqual([]);
  });

test('studies, a comparison, a longer timeframe and the story of a bar are recorded', async ({ page }) => {
  const [newest] = barsOf('NVDA', '1d').bars.slice(-1);
  const problems = await open(page, '/?symbol=NVDA&studies=ema,bollinger,vwap,rsi,macd,return&compare=SPY,BTC');
  for (const path of [
    '/?symbol=NVDA&range=1Y&timeframe=1w&compare=MSFT,ETH',
    `/?symbol=NVDA&bar=${newest!.time}`,
    '/runs?status=succeeded&range=1h',
    '/health?sessions=120&timeframe=1d',
  ]) {
    await page.goto(at(path));
    await settled(page);
  }
  expect(problems).toEqual([]);
});

test('what needs a server says so, and the palette works', async ({ page }) => {
  await open(page, '/');
  await page.getByRole('link', { name: 'Interactive reference' }).click();
  const refusal = page.getByRole('dialog', { name: 'Not in this recording' });
  await expect(refusal).toContainText('Only a server has this page.');
  await refusal.getByRole('button', { name: 'Close' }).click();

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Asset, range/ }).fill('NVDA');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/symbol=NVDA/);

  await page.goto(at('/?add'));
  await page.getByRole('searchbox', { name: 'Name, ticker or ISIN' }).fill('siemens');
  await expect(page.getByText('Not in this recording').first()).toBeVisible();

  await page.goto(at('/runs'));
  await settled(page);
  await page
    .getByRole('button', { name: /Run now/ })
    .first()
    .click();
  await page.getByRole('textbox').fill('to try it');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Run now/ })
    .click();
  await expect(page.getByText('This is a recording')).toBeVisible();
});
