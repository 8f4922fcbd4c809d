import { expect, test, type Locator, type Page } from '@playwright/test';
import { chartOf } from './chart.js';
import { LOOKS, PAGES, settled, violationsOf, watch } from './pages.js';

const CHART = '/?symbol=MSFT&range=1Y';
const button = (within: Page | Locator, name: string | RegExp) => within.getByRole('button', { name }).first().click();

/** How to open a dialog, and what it shows once its data have arrived. */
type DialogOfPage = [title: RegExp, open: (page: Page) => Promise<void>, shows: RegExp];
const DIALOGS: Record<string, DialogOfPage[]> = {
  [CHART]: [
    [/^Find or do anything/, (page) => page.keyboard.press('Control+k'), /NVDA/],
    [/^Keyboard shortcuts/, (page) => page.keyboard.press('?'), /Previous\/next bar/],
    [/^Request of this chart/, (page) => button(chartOf(page), 'Request'), /curl/],
    [/^MSFT 1d/, openStory, /The provider’s own row/],
    [/^Add assets/, openSearch, /Siemens/],
    [/^Hong Kong: closures/, (page) => button(page, 'Closures of Hong Kong'), /None announced/],
  ],
  [PAGES.runs]: [
    [
      /^Pause stocks_1min/,
      (page) => button(page.getByRole('listitem').filter({ hasText: 'stocks_1min' }), 'Pause'),
      /Reason/,
    ],
    [/./, (page) => page.getByRole('table').getByRole('link').first().click(), /assets/],
  ],
  [PAGES.health]: [[/^New backfill/, (page) => button(page, 'New backfill'), /Preview/]],
};

const IS_WHOLE = `(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('dialog[open]'))`;

async function openStory(page: Page): Promise<void> {
  for (const key of ['c', 'Home', 'Enter']) await page.keyboard.press(key);
}

async function openSearch(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('add assets');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Add assets' }).getByRole('searchbox').fill('siemens');
}

/** Each dialog at two of the four widths, once dark and once light; at the first of them in forced colours, too. */
const PAIRS_OF_LOOKS = [
  [0, 1],
  [2, 3],
  [3, 0],
  [1, 2],
];
const ALL = Object.values(DIALOGS).flat();
const looksOf = (dialog: DialogOfPage): number[] => PAIRS_OF_LOOKS[ALL.indexOf(dialog) % PAIRS_OF_LOOKS.length]!;

for (const [look, { width, viewport, colorScheme }] of LOOKS.entries())
  test(`dialogs, ${colorScheme}, ${width}: no accessibility violation, nothing cut off`, async ({ browser }) => {
    const context = await browser.newContext({ baseURL: process.env.E2E_API, colorScheme, viewport });
    const page = await context.newPage();
    const { problems } = watch(page);
    for (const [path, dialogs] of Object.entries(DIALOGS)) {
      const shown = dialogs.filter((dialog) => looksOf(dialog).includes(look));
      if (shown.length === 0) continue;
      await page.goto(path);
      await settled(page);
      for (const dialog of shown) await inspect(page, dialog, colorScheme, looksOf(dialog)[0] === look);
    }
    expect(problems).toEqual([]);
    await context.close();
  });

/** Opens a dialog, looks at it, and closes it again. */
async function inspect(
  page: Page,
  [title, open, shows]: DialogOfPage,
  colorScheme: 'dark' | 'light',
  inForcedColours: boolean,
): Promise<void> {
  await open(page);
  const dialog = page.getByRole('dialog', { name: title });
  await expect(dialog).toContainText(shows);
  await expect(dialog.locator('[aria-busy="true"]')).toHaveCount(0);
  expect(await violationsOf(page, 'dialog[open]'), `${title}`).toEqual([]);
  expect(await page.evaluate(IS_WHOLE), `${title}`).toBe(true);
  if (inForcedColours) {
    await page.emulateMedia({ colorScheme, forcedColors: 'active' });
    expect(await violationsOf(page, 'dialog[open]'), `${title}, forced colours`).toEqual([]);
    await page.emulateMedia({ colorScheme, forcedColors: 'none' });
  }
  // in a search, it first clears the text
  await expect(async () => {
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden({ timeout: 500 });
  }).toPass();
}
