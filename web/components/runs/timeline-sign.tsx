import type { MarkKind } from '../../lib/pipeline-view';
import { cx } from '../ui/cx';

/** Middle of a lane of 24 px. */
const MIDDLE = 12;
const BAR = 12;
const TICK = 4;

const COLORS = {
  good: 'text-up',
  busy: 'text-accent',
  idle: 'text-ink-3',
  late: 'text-ink-2',
  warn: 'text-warn',
  bad: 'text-down',
} as const satisfies Record<MarkKind, string>;

const RING = <circle r="3" fill="var(--bg)" stroke="currentColor" strokeWidth="1.4" />;
const SIGNS = {
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
 * What stands on a lane: a bar where runs went well, a tick where they had nothing to do, a sign of its own for all else.
 * @param x of its middle, @param width of a bar: lengths of SVG
 */
export function Sign({ x, width, kind, isQuiet }: { x: string; width: string; kind: MarkKind; isQuiet: boolean }) {
  const height = isQuiet ? TICK : BAR;
  return (
    <svg x={x} y={MIDDLE} className={cx('overflow-visible', COLORS[kind])}>
      {isQuiet || kind === 'good' ? (
        <rect style={{ x: `calc(${width} / -2)` }} y={-height / 2} width={width} height={height} fill="currentColor" />
      ) : (
        SIGNS[kind]
      )}
    </svg>
  );
}
