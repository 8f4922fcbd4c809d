import { useEffect, useState, type RefObject } from 'react';

/** Rows from `first` to `end`, exclusive. */
export interface RowRange {
  first: number;
  end: number;
}

/** Lists up to this length are rendered in full, so that the browser's search finds every row. */
const SHORT_LIST = 200;
/** Rows rendered above and below the visible ones, for scrolling and tabbing. */
const OVERSCAN = 12;

/**
 * The rows of a long list to render on a page that scrolls.
 * @param top distance of the first row from the top of the viewport, px; negative once it has scrolled out
 */
export function visibleRows(count: number, rowHeight: number, top: number, viewport: number): RowRange {
  const first = Math.max(0, Math.min(count, Math.floor(-top / rowHeight)) - OVERSCAN);
  const end = Math.min(count, Math.max(0, Math.ceil((viewport - top) / rowHeight)) + OVERSCAN);
  return { first, end: Math.max(first, end) };
}

/**
 * The rows to render below an element that marks the start of the list.
 * A short list is rendered in full.
 */
export function useVisibleRows(start: RefObject<HTMLElement | null>, count: number, rowHeight: number): RowRange {
  const [range, setRange] = useState<RowRange>({ first: 0, end: SHORT_LIST });
  useEffect(() => {
    let frame = 0;
    const update = () => {
      frame = 0;
      const top = start.current?.getBoundingClientRect().top;
      if (top === undefined) return;
      const next = visibleRows(count, rowHeight, top, window.innerHeight);
      setRange((before) => (before.first === next.first && before.end === next.end ? before : next));
    };
    const schedule = () => (frame ||= requestAnimationFrame(update));
    schedule();
    window.addEventListener('scroll', schedule, { passive: true });
    window.addEventListener('resize', schedule);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', schedule);
      window.removeEventListener('resize', schedule);
    };
  }, [start, count, rowHeight]);
  if (count <= SHORT_LIST) return { first: 0, end: count };
  return { first: Math.min(range.first, count), end: Math.min(range.end, count) };
}
