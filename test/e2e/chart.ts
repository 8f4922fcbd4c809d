import { expect, type Locator, type Page } from '@playwright/test';
import { shownBars } from './api.js';

/** Ranges by their names on the dashboard, in the order of their keys, with the API's names. */
export const RANGES = {
  '1D': '1d',
  '5D': '5d',
  '1M': '1mo',
  '6M': '6mo',
  YTD: 'ytd',
  '1Y': '1y',
  '5Y': '5y',
  Max: 'max',
} as const;

export const chartOf = (page: Page): Locator => page.locator('#chart');
const drawingOf = (page: Page): Locator => page.locator('#chart [role="application"]');
export const tableOf = (page: Page): Locator => page.locator('#chart table');

/** Parses a number as the page shows it; NaN if there is none. */
const numberOf = (text: string | undefined): number =>
  Number((text ?? '').replaceAll(/[,+%]/g, '').replace('−', '-') || Number.NaN);

/** The legend over the chart: the bar under the crosshair or the latest one, with its indicators. */
export async function legendOf(page: Page): Promise<{ time: string; valuesOf: (name: string) => number[] }> {
  const words = (await drawingOf(page).innerText())
    .split('\n')
    .map((word) => word.trim())
    .filter(Boolean);
  const valuesOf = (name: string): number[] => {
    const at = words.indexOf(name);
    if (at < 0) return [];
    const values = words.slice(at + 1).map(numberOf);
    const end = values.findIndex(Number.isNaN);
    return values.slice(0, end < 0 ? undefined : end);
  };
  return { time: words[0] ?? '', valuesOf };
}

/** A row of the table view; prices are NaN if the bar is pending. */
export interface Row {
  /** 2 = the latest bar. */
  index: number;
  time: string;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** Index and text of each rendered row; a string, as below: the types of these tests do not include the DOM. */
const RENDERED = `[...document.querySelectorAll('#chart tbody tr[aria-rowindex]')].map((row) => [row.ariaRowIndex, row.innerText])`;
/** Rows in view are rendered after the next frame. */
const SETTLE = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';

function rowOf([index, text]: [string, string]): Row {
  const [time = '', open, high, low, close, , volume] = text.split('\t').map((cell) => cell.trim());
  return {
    index: Number(index),
    time,
    open: numberOf(open),
    high: numberOf(high),
    low: numberOf(low),
    close: numberOf(close),
    volume: numberOf(volume),
  };
}

/** The rendered rows, newest first. */
export const rowsInView = async (page: Page): Promise<Row[]> =>
  (await page.evaluate<[string, string][]>(RENDERED)).map(rowOf);

/** Scrolls the table to the latest bar (`0`), or to the oldest (`all`). */
export async function scrollTable(page: Page, to: '0' | 'all'): Promise<void> {
  await page.getByRole('region', { name: /^Bars of/ }).waitFor();
  await page.evaluate(`(async () => {
    const region = document.querySelector('#chart [role="region"]');
    region.scrollTo(0, ${to === '0' ? '0' : 'region.scrollHeight'});
    await ${SETTLE};
  })()`);
}

/** Reading takes less than this, unless the table changes meanwhile. */
const READ_MS = 10_000;

/**
 * All rows, newest first. Only rows near the view are rendered, so this scrolls through the table, in the page itself. Fails if a
 * row is added meanwhile: try again.
 */
export async function allRows(page: Page): Promise<Row[]> {
  await scrollTable(page, '0');
  const count = await rowCount(page);
  const found = await page.evaluate<[string, string][]>(`(async () => {
    const region = document.querySelector('#chart [role="region"]');
    const rows = new Map();
    for (const began = performance.now(); ; ) {
      for (const [index, text] of ${RENDERED}) rows.set(index, text);
      if (rows.size >= ${count} || performance.now() > began + ${READ_MS}) return [...rows];
      // by almost a page, from the end back to the top
      const isAtEnd = region.scrollTop + region.clientHeight >= region.scrollHeight - 1;
      region.scrollTo(0, isAtEnd ? 0 : region.scrollTop + region.clientHeight - 48);
      await ${SETTLE};
    }
  })()`);
  expect(found).toHaveLength(count);
  expect(await rowCount(page)).toBe(count);
  return found.map(rowOf).sort((a, b) => a.index - b.index);
}

/** The number of rows that the table states, without its header. */
export async function rowCount(page: Page): Promise<number> {
  return Number(await tableOf(page).getAttribute('aria-rowcount')) - 1;
}

/** Counts pixels in the colours of rising and falling bars: proof that they are drawn. */
export function drawnPixels(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const style = getComputedStyle(document.documentElement);
    const colours = ['--up', '--down'].map((name) => parseInt(style.getPropertyValue(name).trim().slice(1), 16));
    const canvas = document.querySelector('#chart [role="application"] td:nth-child(2) canvas');
    if (!canvas) return 0;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (colours.includes((data[i] << 16) | (data[i + 1] << 8) | data[i + 2])) count++;
    }
    return count;
  })()`);
}

/** Expects a chart of 1D to show all of the API's bars: every one in the table, the latest in the legend. */
export async function expectWholeDay(page: Page, symbol: string): Promise<void> {
  const prices = (bar: { open: number; high: number; low: number; close: number }) =>
    [bar.open, bar.high, bar.low, bar.close].map((price) => price.toFixed(2)).join(' ');
  await page.bringToFront();
  await expect(async () => {
    const { bars } = await shownBars(symbol, 'range=1d');
    expect((await legendOf(page)).valuesOf('C')[0]).toBe(Number(bars.at(-1)!.close.toFixed(2)));
  }).toPass();
  await page.keyboard.press('t');
  await expect(async () => {
    const rows = (await allRows(page)).filter(({ close }) => !Number.isNaN(close));
    const { bars } = await shownBars(symbol, 'range=1d');
    expect(rows.map(prices).reverse()).toEqual(bars.map(prices));
  }).toPass({ timeout: 30_000 });
  await page.keyboard.press('t');
}
