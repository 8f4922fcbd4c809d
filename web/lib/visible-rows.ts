import { useEffect, useState, type RefObject } from 'react';

/** Rows from `first` up to, not with, `end`. */
export interface RowRange {
  first: number;
  end: number;
}

/** Up to so many rows are all in the page, so that the browser's search finds them. */
const SHORT = 200;
/** Rows rendered above and below what is seen, so that scrolling and tabbing find them. */
const BEYOND = 12;

/**
 * The rows to render of a long list on a page that scrolls.
 * @param top of the first row, below the top of the viewport; negative once it has scrolled out. px
 */
export function visibleRows(count: number, rowHeight: number, top: number, viewport: number): RowRange {
  const first = Math.max(0, Math.min(count, Math.floor(-top / rowHeight)) - BEYOND);
  const end = Math.min(count, Math.max(0, Math.ceil((viewport - top) / rowHeight)) + BEYOND);
  return { first, end: Math.max(first, end) };
}

/**
 * The same for an element that stands where the first row begins.
 * A short list is rendered as a whole.
 */
export function useVisibleRows(start: RefObject<HTMLElement | null>, count: number, rowHeight: number): RowRange {
  const [range, setRange] = useState<RowRange>({ first: 0, end: SHORT });
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const top = start.current?.getBoundingClientRect().top;
      if (top === undefined) return;
      const next = visibleRows(count, rowHeight, top, window.innerHeight);
      setRange((before) => (before.first === next.first && before.end === next.end ? before : next));
    };
    const soon = () => (frame ||= requestAnimationFrame(look));
    soon();
    window.addEventListener('scroll', soon, { passive: true });
    window.addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', soon);
      window.removeEventListener('resize', soon);
    };
  }, [start, count, rowHeight]);
  if (count <= SHORT) return { first: 0, end: count };
  return { first: Math.min(range.first, count), end: Math.min(range.end, count) };
}
