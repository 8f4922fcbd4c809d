import type { CSSProperties } from 'react';
import { cx } from './cx';

/**
 * A placeholder for text that is loading, with the height of its line.
 * @param chars approximate length of the text
 */
export function SkeletonText({ chars, className }: { chars: number; className?: string }) {
  return (
    <span aria-hidden className={cx('skeleton inline-block max-w-full align-middle', className)} style={bar(chars)}>
      &nbsp;
    </span>
  );
}

const bar = (chars: number): CSSProperties => ({ width: `${chars}ch`, height: '0.8em', lineHeight: 0.8 });

/** A placeholder for a graphic; its size comes from className. */
export function SkeletonBlock({ className }: { className?: string }) {
  return <div aria-hidden className={cx('skeleton', className)} />;
}
