'use client';
import { useId } from 'react';
import { cx } from './cx';

/** One of a few values, side by side: radio buttons, so that the arrow keys work. */
export function Choice<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  /** Names the choice for screen readers. */
  label: string;
  options: readonly { value: T; name: string }[];
  value: T;
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="flex">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'relative flex h-6 cursor-pointer items-center rounded-sm px-2 text-xs has-focus-visible:outline-2 has-focus-visible:outline-accent',
            option.value === value
              ? 'bg-raised text-ink forced-colors:outline forced-colors:-outline-offset-1'
              : 'text-ink-3 hover:text-ink',
          )}
        >
          <input
            type="radio"
            name={name}
            className="absolute inset-0 cursor-pointer opacity-0"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.name}
        </label>
      ))}
    </fieldset>
  );
}
