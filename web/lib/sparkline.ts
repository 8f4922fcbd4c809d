import type { SessionCloses } from './api/types';

/**
 * The path of a small line chart over a whole session, highest price at the top, each close at the end of its step.
 * @param also a price that must be visible too, such as the previous close
 * @returns SVG path data in a box of the given size, and the height of `also`; null if there is no close
 */
export function sparkline(
  { start, end, stepSeconds, closes }: SessionCloses,
  also: number | null,
  { width, height }: { width: number; height: number },
): { path: string; baseline: number | null } | null {
  const prices = closes.filter((close) => close !== null);
  if (prices.length === 0) return null;
  const visible = also === null ? prices : [...prices, also];
  const low = Math.min(...visible);
  const span = Math.max(...visible) - low || 1;
  const y = (price: number) => round(height - ((price - low) / span) * height);
  const seconds = (Date.parse(end) - Date.parse(start)) / 1_000;
  const points = closes.flatMap((close, step) => {
    if (close === null) return [];
    return `${round((Math.min((step + 1) * stepSeconds, seconds) / seconds) * width)} ${y(close)}`;
  });
  const path = `M${points.join('L')}`;
  // a single point becomes a short line, so that it is visible
  return { path: points.length === 1 ? `${path}h1` : path, baseline: also === null ? null : y(also) };
}

const round = (value: number): number => Math.round(value * 10) / 10;
