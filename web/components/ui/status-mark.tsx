import type { ReactNode } from 'react';
import type { MarkKind } from '../../lib/pipeline-view';
import { cx } from './cx';

/** Shape and colour together, so that neither carries the meaning alone. */
const MARKS = {
  good: { color: 'text-up', shape: <circle cx="4" cy="4" r="3.5" fill="currentColor" /> },
  busy: {
    color: 'text-accent',
    shape: <path d="M4 .5a3.5 3.5 0 1 0 3.5 3.5" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  },
  idle: {
    color: 'text-ink-3',
    shape: <circle cx="4" cy="4" r="3" fill="none" stroke="currentColor" strokeWidth="1.2" />,
  },
  late: {
    color: 'text-ink-2',
    shape: (
      <>
        <circle cx="4" cy="4" r="3" fill="none" stroke="currentColor" strokeWidth="1.2" />
        <path d="M4 .5v7a3.5 3.5 0 0 0 0-7z" fill="currentColor" />
      </>
    ),
  },
  warn: { color: 'text-warn', shape: <path d="M4 .4 7.8 7.4H.2z" fill="currentColor" /> },
  bad: { color: 'text-down', shape: <path d="m.9.9 6.2 6.2M7.1.9.9 7.1" stroke="currentColor" strokeWidth="1.6" /> },
} as const satisfies Record<MarkKind, { color: string; shape: ReactNode }>;

/** A state as a mark and a word; only states that need attention colour the word. `quiet` keeps the word for screen readers only. */
export function StatusMark({ kind, children, quiet }: { kind: MarkKind; children: ReactNode; quiet?: boolean }) {
  const { color, shape } = MARKS[kind];
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 whitespace-nowrap',
        kind === 'warn' || kind === 'bad' ? color : 'text-ink-2',
      )}
    >
      <svg aria-hidden viewBox="0 0 8 8" className={cx('size-2 shrink-0', color)}>
        {shape}
      </svg>
      <span className={quiet ? 'sr-only' : undefined}>{children}</span>
    </span>
  );
}
