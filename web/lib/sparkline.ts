/** A price at an instant (epoch ms). */
export interface Point {
  at: number;
  price: number;
}

/**
 * The path of a small line chart, in a box of the given size, highest price at the top.
 * @param from the instant at its left edge; `to` at its right one
 * @param also a price that must be in sight too, such as the previous close
 * @returns SVG path data, and the height of `also`; null where there is no point in the window
 */
export function sparkline(
  points: readonly Point[],
  { from, to, also, width, height }: { from: number; to: number; also: number | null; width: number; height: number },
): { path: string; baseline: number | null } | null {
  const seen = points.filter(({ at }) => at >= from && at <= to);
  if (seen.length === 0 || to <= from) return null;
  const prices = seen.map(({ price }) => price).concat(also ?? []);
  const low = Math.min(...prices);
  const span = Math.max(...prices) - low || 1;
  const x = (at: number) => round(((at - from) / (to - from)) * width);
  const y = (price: number) => round(height - ((price - low) / span) * height);
  const path = seen.map(({ at, price }, i) => `${i === 0 ? 'M' : 'L'}${x(at)} ${y(price)}`).join('');
  // a single point is a short line, so that it can be seen
  return { path: seen.length === 1 ? `${path}h1` : path, baseline: also === null ? null : y(also) };
}

const round = (value: number): number => Math.round(value * 10) / 10;
