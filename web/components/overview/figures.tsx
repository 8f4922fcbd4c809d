'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { statusQuery } from '../../lib/api/queries';
import type { Status } from '../../lib/api/types';
import { formatCount, NONE } from '../../lib/format';
import { viewPipelines } from '../../lib/pipeline-view';
import { SkeletonText } from '../ui/skeleton';
import { CurrentState } from '../ui/current-state';

/** The headline figures. */
export function Figures() {
  const { data, isError } = useQuery(statusQuery);
  const show = (read: (status: Status) => ReactNode, chars: number): ReactNode => {
    if (data) return read(data);
    return isError ? NONE : <SkeletonText chars={chars} />;
  };
  return (
    <dl className="-mx-4 grid grid-cols-2 gap-y-3 md:mx-0 md:grid-cols-4 md:divide-x md:divide-rule">
      <Figure name="Data sources">{show(({ totals }) => formatCount(totals.sources), 1)}</Figure>
      <Figure name="Assets tracked">{show(({ totals }) => formatCount(totals.assets), 2)}</Figure>
      <Figure name="Rows stored">
        {show(({ totals }) => `${totals.rowsStoredExact ? '' : 'about '}${formatCount(totals.rowsStored)}`, 7)}
      </Figure>
      <Figure name="Pipelines" last>
        {show(
          (status) => (
            <CurrentState view={viewPipelines(status)} isStale={isError} />
          ),
          12,
        )}
      </Figure>
    </dl>
  );
}

function Figure({ name, children, last }: { name: string; children: ReactNode; last?: boolean }) {
  return (
    <div className={last ? 'px-4 md:min-w-44 md:pr-0 md:pl-6' : 'px-4 md:px-6'}>
      <dt className="label">{name}</dt>
      <dd className="text-lg whitespace-nowrap">{children}</dd>
    </div>
  );
}
