'use client';
import type { ReactNode } from 'react';
import { Declined } from '../../lib/api/token-prompt';
import { describeError } from '../../lib/api/errors';
import { formatAge } from '../../lib/format';
import { useNow } from '../../lib/use-now';
import { Button } from './button';
import { cx } from './cx';

/** An empty state: why there is nothing to show, and what will change that. */
export function Empty({ title, children, className }: { title: string; children?: ReactNode; className?: string }) {
  return (
    <div className={cx('flex h-full min-h-20 flex-col items-center justify-center gap-1 p-4 text-center', className)}>
      <p className="text-ink-2">{title}</p>
      {children && <p className="max-w-prose text-xs text-ink-3">{children}</p>}
    </div>
  );
}

/** An error with the API's explanation and a retry button. */
export function Failure({ error, retry, className }: { error: unknown; retry: () => void; className?: string }) {
  const { title, detail } = describeError(error);
  return (
    <div
      role="alert"
      className={cx('flex h-full min-h-20 flex-col items-center justify-center gap-2 p-4 text-center', className)}
    >
      <div>
        <p className="text-down">{title}</p>
        {detail && <p className="max-w-prose text-xs text-ink-3">{detail}</p>}
      </div>
      <Button onClick={retry}>Retry</Button>
    </div>
  );
}

/** Why something that the user did has failed, in words; nothing if they gave no token. */
export function Problem({ error }: { error: unknown }) {
  if (error instanceof Declined) return null;
  const { title, detail } = describeError(error);
  return (
    <div role="alert" className="border-l-2 border-down pl-3">
      <p className="text-down">{title}</p>
      {detail && <p className="text-xs text-ink-2">{detail}</p>}
    </div>
  );
}

/** Marks data as stale because the last refetch failed. */
export function StaleNote({ updatedAt, retry }: { updatedAt: number; retry: () => void }) {
  const now = useNow();
  return (
    <span role="status" className="inline-flex items-baseline gap-2 text-2xs text-warn">
      not updated for {formatAge(now - updatedAt)}
      <button type="button" className="link target" onClick={retry}>
        Retry
      </button>
    </span>
  );
}
