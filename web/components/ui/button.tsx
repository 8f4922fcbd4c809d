import type { ButtonHTMLAttributes } from 'react';
import { cx } from './cx';

const KINDS = {
  plain: 'border-rule-strong text-ink hover:bg-raised',
  primary: 'border-ink bg-ink text-bg hover:opacity-90',
  danger: 'border-down text-down hover:bg-down-fill',
} as const;

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { kind?: keyof typeof KINDS };

/** A button. Label it with a verb. */
export function Button({ kind = 'plain', className, ...rest }: Props) {
  return (
    <button
      type="button"
      className={cx(
        'inline-flex h-7 items-center justify-center gap-1.5 rounded border px-2.5 text-xs whitespace-nowrap',
        'disabled:cursor-not-allowed disabled:opacity-50',
        KINDS[kind],
        className,
      )}
      {...rest}
    />
  );
}
