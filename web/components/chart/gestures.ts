import type { ITimeScaleApi, Time } from 'lightweight-charts';

/** Pixels of a wheel's notch, about. */
const NOTCH = 100;
/** A notch zooms by this factor. */
const ZOOM = 1.2;

/** Zooms around a place. @param factor above 1 shows less @param anchor of the visible range, 0 is its left end, 1 its right one */
export function zoom(timeScale: ITimeScaleApi<Time>, factor: number, anchor = 1): void {
  const range = timeScale.getVisibleLogicalRange();
  if (!range) return;
  const width = range.to - range.from;
  const next = Math.max(5, width / factor);
  const from = range.from + (width - next) * anchor;
  timeScale.setVisibleLogicalRange({ from, to: from + next });
}

/** Moves by a part of what is visible. @param part positive goes on in time */
function scrollBy(timeScale: ITimeScaleApi<Time>, part: number): void {
  const range = timeScale.getVisibleLogicalRange();
  if (!range) return;
  const step = (range.to - range.from) * part;
  timeScale.setVisibleLogicalRange({ from: range.from + step, to: range.to + step });
}

/**
 * The wheel scrolls the page as everywhere. Sideways it moves the chart; with Ctrl or ⌘ (and by a pinch on a touchpad) it
 * zooms.
 * @returns whether the event was for the chart
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
