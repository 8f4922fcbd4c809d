import { expect, test, type Page } from '@playwright/test';
import { artifact, cutOff, PAGES, settled, THEMES, violationsOf, watch, ALL_WIDTHS } from './pages.js';

/** In CI, each width in one theme, and each page in both. */
const isLeftOut = (page: number, theme: number, width: number) => process.env.CI && (page + theme + width) % 2 === 1;

for (const [p, [name, path]] of Object.entries(PAGES).entries()) {
  for (const [t, colorScheme] of THEMES.entries()) {
    for (const [w, [width, viewport]] of Object.entries(ALL_WIDTHS).entries()) {
      if (isLeftOut(p, t, w)) continue;
      test(`${name}, ${colorScheme}, ${width}: no accessibility violation, error, third-party request or horizontal overflow`, async ({
        browser,
      }) => {
        const context = await browser.newContext({ baseURL: process.env.E2E_API, colorScheme, viewport });
        const page = await context.newPage();
        const { problems } = watch(page);
        await page.goto(path);
        await settled(page);
        expect(await violationsOf(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
        expect(await smallTargets(page)).toEqual([]);
        expect(await cutOff(page)).toEqual([]);
        await page.screenshot({ path: artifact(`${name}-${colorScheme}-${width}`), fullPage: true });
        expect(problems).toEqual([]);
        await context.close();
      });
    }
  }
}

/** Controls smaller than 24 × 24 px (WCAG 2.5.8), except links within a text. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('a, button, select, input, [tabindex="0"]')].flatMap((element) => {
    const { width, height } = element.getBoundingClientRect();
    const isExempt = getComputedStyle(element).display === 'inline' || element.closest('.sr-only') !== null;
    const isLarge = width >= 24 && height >= 24;
    const name = element.ariaLabel ?? element.textContent;
    return isExempt || isLarge || width === 0 ? [] : [name + ': ' + width + ' × ' + height];
  })`);

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}, forced colours and on paper: legible, every state keeps its shape, nothing cut off`, async ({
    browser,
  }) => {
    const context = await browser.newContext({
      ...{ baseURL: process.env.E2E_API, colorScheme: 'dark', forcedColors: 'active' },
      viewport: ALL_WIDTHS.desktop,
    });
    const page = await context.newPage();
    await page.goto(path);
    await settled(page);
    expect(await violationsOf(page)).toEqual([]);
    if (name === 'overview') await expect.poll(() => chartColors(page)).toBeGreaterThan(2);
    if (name === 'health') expect(await patternOf(page)).toContain('gradient');
    await page.screenshot({ path: artifact(`${name}-forced-colours`), fullPage: true });
    await page.setViewportSize(ALL_WIDTHS.narrow);
    expect(await violationsOf(page)).toEqual([]);

    await page.setViewportSize({ width: 1040, height: 720 });
    await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none', media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    await expect(page.getByRole('button')).toHaveCount(0);
    await expect(page.getByRole('navigation')).toHaveCount(0);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await page.screenshot({ path: artifact(`${name}-print`), fullPage: true });
    await context.close();
  });
}

/** How many colours the chart's canvas has, at most 3: one means that nothing can be told apart. */
const chartColors = (page: Page): Promise<number> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('#chart [role="application"] td:nth-child(2) canvas');
    if (!canvas) return 0;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let i = 0; i < data.length && colours.size < 3; i += 4)
      if (data[i + 3] === 255) colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    return colours.size;
  })()`);

/** The pattern of bars confirmed empty, in the legend of the heat map. */
const patternOf = (page: Page): Promise<string> =>
  page.evaluate(
    `getComputedStyle([...document.querySelectorAll('[aria-label="States"] li')].find((item) => item.textContent === 'confirmed empty').firstElementChild).backgroundImage`,
  );
