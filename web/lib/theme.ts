import { useSyncExternalStore } from 'react';
import { THEME_KEY } from './theme-script';

export type Theme = 'light' | 'dark';

const current = (): Theme => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

/** The theme shown; null in the static page, which is made for both. */
export const useTheme = (): Theme | null => useSyncExternalStore<Theme | null>(subscribe, current, () => null);

/** Shows a theme from now on; one that is the system's own is not kept, so that the page follows the system again. */
export function chooseTheme(theme: Theme): void {
  const system: Theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  try {
    if (theme === system) localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch {
    // storage is off: the choice holds for this page
  }
  document.documentElement.dataset.theme = theme;
}

/** The colours of the theme shown, for canvases: read again when useTheme changes. Names as in globals.css. */
export function themeColors() {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    bg: read('bg'),
    raised: read('raised'),
    ink: read('ink'),
    ink2: read('ink-2'),
    ink3: read('ink-3'),
    rule: read('rule'),
    ruleStrong: read('rule-strong'),
    accent: read('accent'),
    up: read('up'),
    down: read('down'),
    warn: read('warn'),
    upFill: read('up-fill'),
    downFill: read('down-fill'),
    /** Of a chart, told apart by colour. */
    lines: [1, 2, 3, 4, 5].map((line) => read(`line-${line}`)),
  };
}
