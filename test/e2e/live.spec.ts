import { expect, test, type Page } from '@playwright/test';
import { get, type Schemas } from './api.js';
import { chartOf, expectWholeDay, legendOf } from './chart.js';
import { cardOf, settled, watch } from './pages.js';
import { Wire } from './wire.js';

const DAY_OF_SPY = '/?symbol=SPY&range=1D';
/** A minute until a bar closes, plus its settle delay and its run. */
const NEXT_BAR_MS = 110_000;
const STREAMING = 'streaming';
const POLLING = 'polling every 5 s';

test('a new minute arrives by stream, by polling without a stream, and on a page that was disconnected', async ({
  context,
  page: streamed,
}) => {
  test.setTimeout(NEXT_BAR_MS + 60_000);
  const { problems } = watch(streamed);
  const wire = await Wire.open();
  const [polling, cutOff] = [await context.newPage(), await context.newPage()];
  await polling.route('**/api/stream?*', (route) => route.abort());
  await streamed.goto(DAY_OF_SPY);
  await polling.goto(DAY_OF_SPY);
  await cutOff.goto(wire.url + DAY_OF_SPY);
  for (const page of [streamed, polling, cutOff]) await settled(page);
  await expect(chartOf(streamed).getByText(STREAMING)).toBeVisible();
  await expect(chartOf(cutOff).getByText(STREAMING)).toBeVisible();
  await expect(chartOf(polling).getByText(POLLING)).toBeVisible();
  await streamed.evaluate('window.isStillTheSame = true');

  wire.cut();
  await expect(cutOff.getByText('API unreachable')).toBeVisible();
  const old = { bar: (await legendOf(streamed)).time, price: await priceOn(streamed) };
  await expect(async () => expect((await legendOf(streamed)).time).not.toBe(old.bar)).toPass({ timeout: NEXT_BAR_MS });
  await expect(async () => {
    const price = await priceOn(streamed);
    expect(price).not.toBe(old.price);
    const { bar, quote } = await get<Schemas['Latest']>('/api/stocks/SPY/latest');
    expect([bar?.close, quote?.price].map((known) => known?.toFixed(2))).toContain(price);
  }).toPass();
  await expectWholeDay(streamed, 'SPY');
  await expectWholeDay(polling, 'SPY');
  expect((await legendOf(cutOff)).time).toBe(old.bar);

  wire.restore();
  await expect(chartOf(cutOff).getByText(STREAMING)).toBeVisible();
  await expect(cutOff.getByText('API unreachable')).toBeHidden();
  await expectWholeDay(cutOff, 'SPY');
  await polling.unroute('**/api/stream?*');
  await expect(chartOf(polling).getByText(STREAMING)).toBeVisible();
  expect(await streamed.evaluate('window.isStillTheSame')).toBe(true);
  expect(problems).toEqual([]);
  await wire.close();
});

const priceOn = async (page: Page): Promise<string> =>
  /(\S+) USD/.exec((await cardOf(page, 'SPY').innerText()).replaceAll(',', ''))?.[1] ?? '';
