import AxeBuilder from '@axe-core/playwright';
import { expect, type ConsoleMessage, type Locator, type Page } from '@playwright/test';

/** The pages of the dashboard by name. */
export const PAGES = { overview: '/', runs: '/runs', health: '/health' } as const;

export const THEMES = ['dark', 'light'] as const;
/** The narrowest is a desktop at 400 %, the third a laptop at 200 %. */
export const ALL_WIDTHS = {
  narrow: { width: 320, height: 640 },
  phone: { width: 390, height: 844 },
  zoomed: { width: 720, height: 450 },
  desktop: { width: 1440, height: 900 },
} as const;
export const WIDTHS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

export const artifact = (name: string): string =>
  new URL(`../../artifacts/e2e/screenshots/${name}.png`, import.meta.url).pathname;

/** Collects what must not happen on a page: console errors, exceptions, third-party requests. */
export function watch(page: Page): { problems: string[] } {
  const problems: string[] = [];
  const own = new URL(process.env.E2E_API!).origin;
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== own) problems.push(`third-party request: ${request.url()}`);
  });
  return { problems };
}

/** Waits until the page has loaded its data: nothing is busy any more. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('main')).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

/** Texts that are cut off and have no way to be read whole: nothing to open holds them. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('main *')].flatMap((element) => {
    const { textOverflow, webkitLineClamp } = getComputedStyle(element);
    if (textOverflow !== 'ellipsis' && webkitLineClamp === 'none') return [];
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    const isCut = scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
    const opens = element.closest('a, button, tr:has(a)') !== null;
    return isCut && !opens ? [element.textContent] : [];
  })`);

/** The card of an asset on the overview. */
export const cardOf = (page: Page, symbol: string): Locator => page.locator(`a[href^="/?symbol=${symbol}&"]`);

/** Enters the admin token, which each tab prompts for once. */
export async function giveToken(page: Page, token = process.env.E2E_TOKEN!): Promise<void> {
  const prompt = page.getByRole('dialog', { name: 'Admin token' });
  await prompt.getByRole('textbox', { name: 'Token' }).fill(token);
  await prompt.getByRole('button', { name: 'Continue' }).click();
}

/**
 * What axe finds, as `rule: elements`. It runs in one go in the page, which has no frames, and keeps no more than the violations:
 * the other way, it would carry each element of a long table to another page and back.
 * @param within a selector, to look only there
 */
export async function violationsOf(page: Page, within?: string): Promise<string[]> {
  const axe = new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } });
  const { violations } = await (within ? axe.include(within) : axe).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

/** The widths, dark and light in turn: each page and dialog is seen in both themes. */
export const LOOKS = Object.entries(ALL_WIDTHS).map(([width, viewport], i) => ({
  ...{ width, viewport, colorScheme: THEMES[i % THEMES.length]! },
}));
