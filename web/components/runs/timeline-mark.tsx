import type { MarkKind } from '../../lib/pipeline-view';
import { cx } from '../ui/cx';

/** px: the middle of a lane, and the heights of a bar and of a tick. */
const MIDDLE = 12;
const BAR_HEIGHT = 12;
const TICK_HEIGHT = 4;

const COLORS = {
  good: 'text-up',
  busy: 'text-accent',
  idle: 'text-ink-3',
  late: 'text-ink-2',
  warn: 'text-warn',
  bad: 'text-down',
} as const satisfies Record<MarkKind, string>;

const RING = <circle r="3" fill="var(--bg)" stroke="currentColor" strokeWidth="1.4" />;
const SHAPES = {
  busy: <path d="M0-3.5a3.5 3.5 0 1 0 3.5 3.5" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  idle: RING,
  late: RING,
  warn: <path d="M0-6 5.5 5h-11z" fill="currentColor" stroke="var(--bg)" />,
  bad: (
    <>
      <circle r="6" fill="var(--bg)" />
      <path d="m-4-4 8 8M4-4l-8 8" stroke="currentColor" strokeWidth="2" />
    </>
  ),
} as const;

/**
 * The mark of a bucket on its lane: a bar if its runs succeeded, a tick if they had nothing to do, else the shape of its state.
 * @param x SVG length of its middle
 * @param width SVG length of a bar
 */
export function TimelineMark({
  x,
  width,
  kind,
  isQuiet,
}: {
  x: string;
  width: string;
  kind: MarkKind;
  isQuiet: boolean;
}) {
  const height = isQuiet ? TICK_HEIGHT : BAR_HEIGHT;
  return (
    <svg x={x} y={MIDDLE} className={cx('overflow-visible', COLORS[kind])}>
      {isQuiet || kind === 'good' ? (
        <rect style={{ x: `calc(${width} / -2)` }} y={-height / 2} width={width} height={height} fill="currentColor" />
      ) : (
        SHAPES[kind]
      )}
    </svg>
  );
}
