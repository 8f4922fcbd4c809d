import type { CSSProperties } from 'react';
import { cx } from './cx';

/**
 * Holds the place of text that is on its way. Put it where the text will stand: it has the line's height.
 * @param chars about as many as the text will have
 */
export function SkeletonText({ chars, className }: { chars: number; className?: string }) {
  return (
    <span aria-hidden className={cx('skeleton inline-block max-w-full align-middle', className)} style={bar(chars)}>
      &nbsp;
    </span>
  );
}

const bar = (chars: number): CSSProperties => ({ width: `${chars}ch`, height: '0.8em', lineHeight: 0.8 });

/** Holds the place of something drawn. Give it the size by className. */
export function SkeletonBlock({ className }: { className?: string }) {
  return <div aria-hidden className={cx('skeleton', className)} />;
}
