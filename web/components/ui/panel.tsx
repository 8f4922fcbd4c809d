'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import { useDeferredValue, useId, type ReactNode } from 'react';
import { cx } from './cx';
import { Failure, StaleNote } from './states';

interface FrameProps {
  title: ReactNode;
  /** A few words next to the title. */
  note?: ReactNode;
  /** At the right end of the title line. */
  actions?: ReactNode;
  className?: string;
  /** Anchor for links to this panel. */
  id?: string;
  children: ReactNode;
}

/** A section of a page: a title on a thin rule, and its content. */
export function Frame({ title, note, actions, className, id, children }: FrameProps) {
  const titleId = useId();
  return (
    <section id={id} aria-labelledby={titleId} className={cx('min-w-0', className)}>
      <div className="flex min-h-9 flex-wrap items-center gap-x-3 border-b border-rule-strong">
        <h2 id={titleId} className="text-sm font-semibold whitespace-nowrap">
          {title}
        </h2>
        {note !== undefined && <div className="label min-w-0">{note}</div>}
        <div className="ml-auto flex items-center gap-3">{actions}</div>
      </div>
      {children}
    </section>
  );
}

/** The parts of a query that a panel needs; infinite queries have them too. */
type Query<T> = Pick<UseQueryResult<T>, 'data' | 'isError' | 'error' | 'dataUpdatedAt'> & {
  refetch: () => Promise<unknown>;
};

interface QueryResultProps<T> {
  query: Query<T>;
  /** As large as the content that replaces it. */
  skeleton: ReactNode;
  isEmpty?: (data: T) => boolean;
  /** Shown if isEmpty is true. */
  empty?: ReactNode;
  /** Class names of the error and empty states: give them the height of the content. */
  stateClassName?: string;
  children: (data: T) => ReactNode;
}

/**
 * The result of a query, or its skeleton, its error with a retry, or its empty state. Old data stay while a refetch fails.
 * Content replaces the skeleton in a deferred render, so that the page stays responsive, and never before hydration: the
 * static page has only skeletons.
 */
export function QueryResult<T>({ query, skeleton, isEmpty, empty, stateClassName, children }: QueryResultProps<T>) {
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

/** A frame around one query in all its states; a failed update shows next to the title. */
export function Panel<T>({
  actions,
  query,
  title,
  note,
  className,
  id,
  ...result
}: Omit<FrameProps, 'children'> & QueryResultProps<T>) {
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
      <QueryResult query={query} {...result} />
    </Frame>
  );
}
