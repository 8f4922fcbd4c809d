import type { ReactNode } from 'react';
import { cx } from '../ui/cx';

interface Choice<T extends string> {
  value: T;
  /** Full name; the accessible name if the content is an icon. */
  label?: string;
  content: ReactNode;
}

/** One of a few choices, side by side. */
export function Segments<T extends string>({
  label,
  choices,
  value,
  onChange,
  onIntent,
  className,
  wraps = false,
}: {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  /** Absent while nothing can be chosen yet. */
  onChange?: (value: T) => void;
  /** Pointer or focus is on a choice, which is likely to be made. */
  onIntent?: (value: T) => void;
  className?: string;
  /** On several lines if there is no room for one. */
  wraps?: boolean;
}) {
  return (
    <div role="group" aria-label={label} className={cx('flex print:hidden', wraps && 'flex-wrap')}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          aria-label={typeof choice.content === 'string' ? undefined : choice.label}
          title={choice.label}
          onClick={() => onChange?.(choice.value)}
          onPointerEnter={() => onIntent?.(choice.value)}
          onFocus={() => onIntent?.(choice.value)}
          className={cx(
            'flex h-8 min-w-7 items-center justify-center px-1.5 text-xs sm:h-7',
            choice.value === value
              ? 'text-ink underline decoration-accent decoration-2 underline-offset-8'
              : 'text-ink-3 hover:text-ink',
            className,
          )}
        >
          {choice.content}
        </button>
      ))}
    </div>
  );
}
