import { useSyncExternalStore } from 'react';
import { THEME_KEY } from './theme-script';

export type Theme = 'light' | 'dark';

/** The line colours of globals.css: --line-1 and so on. */
const LINE_COLORS = [1, 2, 3, 4, 5];

const current = (): Theme => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

/** The current theme; null in the static page, which serves both. */
export const useTheme = (): Theme | null => useSyncExternalStore<Theme | null>(subscribe, current, () => null);

/** Switches the theme. A choice equal to the system's is not stored, so that the page follows the system again. */
export function chooseTheme(theme: Theme): void {
  const system: Theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  try {
    if (theme === system) localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch {
    // no storage: the choice holds until the page is left
  }
  document.documentElement.dataset.theme = theme;
}

/** A colour of globals.css as #rrggbb: in forced colours the properties hold names of the system's colours. */
function hexOf(probe: HTMLElement, property: string): string {
  const value = getComputedStyle(probe).getPropertyValue(property).trim();
  if (value.startsWith('#')) return value;
  probe.style.color = value;
  const channels = getComputedStyle(probe).color.match(/\d+(\.\d+)?/g) ?? [];
  const hex = (channel: string) => Math.round(Number(channel)).toString(16).padStart(2, '0');
  return `#${channels.slice(0, 3).map(hex).join('')}`;
}

/** The colours of the current theme, for canvases: read them again when useTheme changes. Named as in globals.css. */
export function themeColors() {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.setProperty('forced-color-adjust', 'none');
  const read = (name: string) => hexOf(probe, `--${name}`);
  const colors = {
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
    /** Lines of a chart. */
    lines: LINE_COLORS.map((line) => read(`line-${line}`)),
  };
  probe.remove();
  return colors;
}
