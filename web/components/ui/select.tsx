import type { SelectHTMLAttributes } from 'react';
import { cx } from './cx';

type Props = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange' | 'value'> & {
  /** Names the choice for screen readers. */
  label: string;
  /** Null = all. */
  value: string | null;
  /** Label of the option for all. */
  all: string;
  options: readonly { value: string; name: string }[];
  onChange: (value: string | null) => void;
};

/** One of several options, or all: a native list, so that it works on every device. */
export function Select({ label, value, all, options, onChange, className, ...rest }: Props) {
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || null)}
      className={cx(
        'h-7 rounded border bg-bg px-1.5 text-xs',
        value === null ? 'border-rule-strong text-ink-2' : 'border-accent text-ink',
        className,
      )}
      {...rest}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.name}
        </option>
      ))}
    </select>
  );
}
