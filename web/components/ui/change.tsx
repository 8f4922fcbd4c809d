import { formatPercent, formatSigned } from '../../lib/format';
import { cx } from './cx';

const colorOf = (value: number): string => (value === 0 ? 'text-ink-2' : value > 0 ? 'text-up' : 'text-down');

/** A price change, absolute and in percent, with sign and colour. */
export function Change({
  change,
  percent,
  digits,
  className,
}: {
  change: number;
  percent: number;
  digits: number;
  className?: string;
}) {
  return (
    <span className={cx('inline-flex gap-2', colorOf(change), className)}>
      <span>{formatSigned(change, digits)}</span>
      <span>{formatPercent(percent)}</span>
    </span>
  );
}
