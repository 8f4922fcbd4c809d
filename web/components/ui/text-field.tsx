'use client';
import { useId, type InputHTMLAttributes, type ReactNode } from 'react';
import { cx } from './cx';

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> & {
  label: string;
  /** Help text below the field. */
  hint?: ReactNode;
  /** A validation error, in place of the hint. */
  error?: ReactNode;
};

/** A labelled form field. */
export function TextField({ label, hint, error, className, ...rest }: Props) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="label">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className={cx(
          'h-8 w-full rounded border bg-bg px-2 text-base placeholder:text-ink-3',
          error ? 'border-down' : 'border-rule-strong',
        )}
        {...rest}
      />
      {note && (
        <p
          id={`${id}-note`}
          role={error ? 'alert' : undefined}
          className={cx('text-xs', error ? 'text-down' : 'text-ink-3')}
        >
          {note}
        </p>
      )}
    </div>
  );
}
