import { cx } from './cx';

/** How much of something is done. @param className its width */
export const ProgressBar = ({
  label,
  value,
  max,
  className,
}: {
  label: string;
  value: number;
  max: number;
  className: string;
}) => (
  <progress
    aria-label={label}
    value={value}
    max={max}
    className={cx(
      'h-1 shrink-0 appearance-none overflow-hidden rounded-sm bg-rule [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-rule [&::-webkit-progress-value]:bg-accent',
      className,
    )}
  />
);
