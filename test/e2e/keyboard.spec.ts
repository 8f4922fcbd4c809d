import { expect, test, type Page } from '@playwright/test';
import { shownBars } from './api.js';
import { chartOf, legendOf, RANGES } from './chart.js';
import { PAGES, settled, watch } from './pages.js';

/** The focused element: its text (null = none on the page) and its focus outline. */
const focusOf = (page: Page): Promise<{ text: string | null; isInDialog: boolean; outline: string }> =>
  page.evaluate(`(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const inner = element.closest('label, fieldset') ?? element;
    const outlines = [style, getComputedStyle(inner)].map((one) => one.outlineStyle + ' ' + one.outlineWidth);
    return {
      text: element === document.body ? null : (element.ariaLabel ?? element.textContent),
      isInDialog: element === document.body || element.closest('dialog') !== null,
      outline: outlines.find((outline) => !outline.startsWith('none') && !outline.endsWith(' 0px')) ?? 'none',
    };
  })()`);

/** Enough to meet every kind of control on a page. */
const MAX_STOPS = 40;

test('the arrow keys move from bar to bar, and the bar is announced', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto('/?symbol=MSFT&range=1Y');
  await settled(page);
  const { bars } = await shownBars('MSFT', 'range=1y');
  const expectAt = async (index: number) => {
    const bar = bars.at(index)!;
    await expect
      .poll(async () => (await legendOf(page)).valuesOf('C')[0], `bar ${index}`)
      .toBe(Number(bar.close.toFixed(2)));
    const day = new Date(bar.time).getUTCDate();
    expect((await legendOf(page)).time).toMatch(new RegExp(`\\b${day}\\b`));
    await expect(chartOf(page).getByRole('application').getByRole('status')).toContainText(
      `close ${bar.close.toFixed(2)}`,
    );
  };
  await page.keyboard.press('c');
  await expect(chartOf(page).getByRole('application')).toBeFocused();
  await page.keyboard.press('End');
  await expectAt(-1);
  await page.keyboard.press('ArrowLeft');
  await expectAt(-2);
  await page.keyboard.press('ArrowLeft');
  await expectAt(-3);
  await page.keyboard.press('Shift+ArrowLeft');
  await expectAt(-13);
  await page.keyboard.press('ArrowRight');
  await expectAt(-12);
  await page.keyboard.press('Home');
  await expectAt(0);
  await page.keyboard.press('Escape');
  await expect.poll(async () => (await legendOf(page)).valuesOf('C')[0]).toBe(Number(bars.at(-1)!.close.toFixed(2)));
  expect(problems).toEqual([]);
});

test('/ finds a symbol, digits choose ranges, ? shows the shortcuts', async ({ page }) => {
  const { problems } = watch(page);
  await page.goto(PAGES.overview);
  await settled(page);
  await page.keyboard.press('/');
  const search = page.getByRole('combobox', { name: 'Asset, range, run, page or action' });
  await expect(search).toBeFocused();
  await search.pressSequentially('siem');
  await expect(page.getByRole('listbox', { name: 'Commands' }).getByRole('option')).toHaveText(['SIE.DESiemens']);
  await page.keyboard.press('Enter');
  await expect(chartOf(page).getByRole('heading')).toContainText('SIE.DE · 1D');
  await expect(page).toHaveURL(/symbol=SIE\.DE/);

  await page.keyboard.press('/');
  await search.pressSequentially('zzz');
  await expect(page.getByText('No matches.')).toBeVisible();
  await page.keyboard.press('1');
  await expect(search).toHaveValue('zzz1');
  await page.keyboard.press('Escape');
  await expect(search).toBeHidden();

  for (const [i, range] of Object.keys(RANGES).entries()) {
    await page.keyboard.press(String(i + 1));
    await expect(chartOf(page).getByRole('button', { name: range, exact: true })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
  }
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText(
    'Previous/next bar (Shift: 10 bars)',
  );
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(problems).toEqual([]);
});

test('the first tab stop skips the header, and every stop has a visible focus', async ({ page }) => {
  for (const path of Object.values(PAGES)) {
    await page.goto(path);
    await settled(page);
    await page.keyboard.press('Tab');
    expect((await focusOf(page)).text).toBe('Skip to content');
    const stops: (string | null)[] = [];
    for (let stop = 0; stop < MAX_STOPS; stop++) {
      const { text, outline } = await focusOf(page);
      stops.push(text);
      if (text === null) break;
      expect(outline, `${path}: ${text}`).not.toBe('none');
      await page.keyboard.press('Tab');
    }
    expect(stops.length).toBeGreaterThan(15);
  }
  await page.goto(PAGES.runs);
  await settled(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
});

test('a dialog traps the focus and returns it to its opener', async ({ page }) => {
  await page.goto(PAGES.health);
  await settled(page);
  const opener = page.getByRole('button', { name: 'New backfill' });
  await opener.press('Enter');
  await expect(page.getByRole('dialog', { name: 'New backfill' })).toBeVisible();
  const seen = new Set<string>();
  for (let stop = 0; stop < MAX_STOPS; stop++) {
    await page.keyboard.press('Tab');
    const { text, isInDialog } = await focusOf(page);
    expect(isInDialog, `${text}`).toBe(true);
    seen.add(`${text}`);
  }
  expect(seen).toContain('Preview');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(opener).toBeFocused();

  await page.goto(PAGES.runs);
  await settled(page);
  const run = page.getByRole('table').getByRole('link').first();
  await run.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page).toHaveURL(/run=/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(run).toBeFocused();
});
