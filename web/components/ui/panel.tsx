'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import { useDeferredValue, useId, type ReactNode } from 'react';
import { cx } from './cx';
import { Failure, StaleNote } from './states';

interface FrameProps {
  title: ReactNode;
  /** A few words beside the title. */
  note?: ReactNode;
  /** At the right end of the title's line. */
  actions?: ReactNode;
  className?: string;
  /** Anchor of a link to this panel. */
  id?: string;
  children: ReactNode;
}

/** A part of a page: a title on a thin rule, and what stands under it. */
export function Frame({ title, note, actions, className, id, children }: FrameProps) {
  const titleId = useId();
  return (
    <section id={id} aria-labelledby={titleId} className={cx('min-w-0', className)}>
      <div className="flex min-h-9 flex-wrap items-center gap-x-3 border-b border-rule-strong">
        <h2 id={titleId} className="text-sm font-semibold whitespace-nowrap">
          {title}
        </h2>
        {note !== undefined && <div className="label min-w-0 truncate">{note}</div>}
        <div className="ml-auto flex items-center gap-3">{actions}</div>
      </div>
      {children}
    </section>
  );
}

/** What is needed of a query, also of one in pages. */
type Query<T> = Pick<UseQueryResult<T>, 'data' | 'isError' | 'error' | 'dataUpdatedAt'> & {
  refetch: () => Promise<unknown>;
};

interface AnswerProps<T> {
  query: Query<T>;
  /** As large as what will stand here. */
  skeleton: ReactNode;
  isEmpty?: (data: T) => boolean;
  /** Shown where isEmpty says so. */
  empty?: ReactNode;
  /** Of error and empty states: give them the height of what will stand here. */
  stateClassName?: string;
  children: (data: T) => ReactNode;
}

/**
 * What a query answers, or its skeleton, its error with a retry, or why it is empty. Old answers stay while a new one fails.
 * What comes in place of a skeleton is made bit by bit, so that the page answers meanwhile; and never before the static
 * page has come to life, which knows nothing but skeletons.
 */
export function Answer<T>({ query, skeleton, isEmpty, empty, stateClassName, children }: AnswerProps<T>) {
  const known = useDeferredValue(query.data !== undefined ? 'data' : query.isError ? 'error' : 'nothing', 'nothing');
  if (known === 'data' && query.data !== undefined) {
    if (isEmpty?.(query.data)) return <div className={stateClassName}>{empty}</div>;
    return <>{children(query.data)}</>;
  }
  if (known === 'error' && query.isError) {
    return (
      <div className={stateClassName}>
        <Failure error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  }
  return <div aria-busy="true">{skeleton}</div>;
}

/** A frame over one query, in all its states; a failed update is told beside the title. */
export function Panel<T>({
  actions,
  query,
  title,
  note,
  className,
  id,
  ...answer
}: Omit<FrameProps, 'children'> & AnswerProps<T>) {
  const stale = query.data !== undefined && query.isError;
  return (
    <Frame
      {...{ title, note, className, id }}
      actions={
        <>
          {stale && <StaleNote updatedAt={query.dataUpdatedAt} retry={() => void query.refetch()} />}
          {actions}
        </>
      }
    >
      <Answer query={query} {...answer} />
    </Frame>
  );
}
