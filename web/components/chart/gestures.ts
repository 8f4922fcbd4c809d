import type { ITimeScaleApi, Time } from 'lightweight-charts';

/** Approximate pixels per notch of a wheel. */
const NOTCH = 100;
/** Zoom factor per notch. */
const ZOOM = 1.2;
/** The fewest bars that zooming in leaves in view. */
const MIN_BARS = 5;

/**
 * Zooms around an anchor.
 * @param factor above 1 zooms in
 * @param anchor place in the visible range: 0 is its left end, 1 its right end
 */
export function zoom(timeScale: ITimeScaleApi<Time>, factor: number, anchor = 1): void {
  const range = timeScale.getVisibleLogicalRange();
  if (!range) return;
  const width = range.to - range.from;
  const next = Math.max(MIN_BARS, width / factor);
  const from = range.from + (width - next) * anchor;
  timeScale.setVisibleLogicalRange({ from, to: from + next });
}

/** Scrolls by a fraction of the visible range. @param part positive = forward in time */
function scrollBy(timeScale: ITimeScaleApi<Time>, part: number): void {
  const range = timeScale.getVisibleLogicalRange();
  if (!range) return;
  const step = (range.to - range.from) * part;
  timeScale.setVisibleLogicalRange({ from: range.from + step, to: range.to + step });
}

/**
 * The wheel scrolls the page as usual. Sideways it scrolls the chart; with Ctrl or ⌘ (or a pinch on a touchpad) it zooms the
 * chart.
 * @returns whether the chart handled the event
 */
export function handleWheel(event: WheelEvent, timeScale: ITimeScaleApi<Time>, element: HTMLElement): boolean {
  const isZoom = event.ctrlKey || event.metaKey;
  if (!isZoom && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return false;
  event.preventDefault();
  const { left, width } = element.getBoundingClientRect();
  if (isZoom) zoom(timeScale, ZOOM ** (-event.deltaY / NOTCH), Math.min(1, (event.clientX - left) / width));
  else scrollBy(timeScale, event.deltaX / width);
  return true;
}
