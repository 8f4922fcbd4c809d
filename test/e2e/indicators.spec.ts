import { expect, test } from '@playwright/test';
import { get, type Schemas } from './api.js';
import { legendOf } from './chart.js';
import { settled, watch } from './pages.js';

/** Indicators by their names on the page, with their columns in the API. */
const INDICATORS = {
  'SMA 20': ['sma20'],
  'SMA 50': ['sma50'],
  'EMA 20': ['ema20'],
  'Bollinger 20 2': ['bollinger20_2Middle', 'bollinger20_2Upper', 'bollinger20_2Lower'],
  VWAP: ['vwap'],
  'RSI 14': ['rsi14'],
  'MACD 12 26 9': ['macd12_26_9', 'macd12_26_9Signal', 'macd12_26_9Histogram'],
  'Daily return': ['dailyReturn'],
} as const;

test('each indicator that is switched on shows the API’s values', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto('/?symbol=NVDA&range=5D&studies=none');
  await settled(page);
  expect((await legendOf(page)).valuesOf('SMA 20')).toEqual([]);
  await page.getByRole('button', { name: 'Indicators', exact: true }).click();
  for (const name of Object.keys(INDICATORS)) {
    await page.getByRole('checkbox', { name }).click();
    await expect(page.getByRole('checkbox', { name })).toBeChecked();
  }
  await page.keyboard.press('Escape');
  await page.mouse.move(0, 0); // the legend then shows the latest bar
  await expect(page).toHaveURL(/studies=sma20,sma50,ema,bollinger,vwap,rsi,macd,return/);

  for (const [name, columns] of Object.entries(INDICATORS)) {
    await test.step(name, () =>
      expect(async () => {
        const include = 'ema,bollinger,vwap,rsi,macd';
        const path = `/api/stocks/NVDA/indicators?range=5d&limit=10000&include=${include}`;
        const row = (await get<{ bars: Schemas['Indicators'][] }>(path)).bars.at(-1) as Record<string, unknown>;
        const values = (await legendOf(page)).valuesOf(name);
        expect(values).toHaveLength(columns.length);
        for (const [i, column] of columns.entries()) expect(values[i]).toBeCloseTo(shown(column, row[column]), 5);
      }).toPass(),
    );
  }

  await page.getByRole('button', { name: 'Indicators', exact: true }).click();
  await page.getByRole('checkbox', { name: 'MACD' }).click();
  await expect.poll(async () => (await legendOf(page)).valuesOf('MACD 12 26 9')).toEqual([]);
  expect(problems).toEqual([]);
});

/** A value rounded to the digits that the page shows. */
function shown(column: string, value: unknown): number {
  if (typeof value !== 'number') throw new Error(`the API has no ${column}`);
  if (column === 'dailyReturn') return Number((value * 100).toFixed(2));
  return Number(value.toFixed(column === 'rsi14' ? 1 : 2));
}
