'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { describeError } from '../../lib/api/errors';
import { coverageSummaryQuery } from '../../lib/api/health-queries';
import { BAR_STATES, CELL_NAMES, unaccounted } from '../../lib/coverage-view';
import { formatCount } from '../../lib/format';
import { useHydrated } from '../../lib/use-hydrated';
import { SkeletonText } from '../ui/skeleton';
import { StaleNote } from '../ui/states';
import { Swatch } from './swatch';

/** The totals of all series: every expected bar is in exactly one state. */
export function Proof() {
  const query = useQuery(coverageSummaryQuery);
  const isHydrated = useHydrated();
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-3 text-base text-ink-2">
        Every expected bar, by state.
        {query.data !== undefined && query.isError && (
          <StaleNote updatedAt={query.dataUpdatedAt} retry={() => void query.refetch()} />
        )}
      </p>
      {isHydrated && query.data === undefined && query.isError ? (
        <p role="alert" className="mt-5 flex h-[9rem] flex-wrap content-start items-baseline gap-x-3 sm:h-10">
          <span className="text-down">{describeError(query.error).title}</span>
          <button type="button" className="link target text-xs" onClick={() => void query.refetch()}>
            Retry
          </button>
        </p>
      ) : (
        <Figures totals={isHydrated ? query.data?.totals : undefined} />
      )}
    </>
  );
}

type Totals = Record<'assets' | 'expected' | (typeof BAR_STATES)[number], number>;

function Figures({ totals }: { totals?: Totals }) {
  const left = totals && unaccounted(totals);
  const figure = (name: keyof Totals, chars: number) =>
    totals ? formatCount(totals[name]) : <SkeletonText chars={chars} />;
  return (
    <dl
      aria-label="All series"
      aria-busy={totals === undefined}
      className="mt-5 grid grid-cols-3 gap-x-6 gap-y-2 sm:flex sm:flex-wrap sm:gap-x-10"
    >
      <Figure label="assets">{figure('assets', 2)}</Figure>
      <Figure label="expected">{figure('expected', 6)}</Figure>
      {BAR_STATES.map((state) => (
        <Figure key={state} label={CELL_NAMES[state]} mark={<Swatch kind={state} className="size-2.5" />}>
          {figure(state, state === 'filled' ? 6 : 1)}
        </Figure>
      ))}
      <Figure label="unexplained" isBad={left !== undefined && left !== 0}>
        {left === undefined ? <SkeletonText chars={1} /> : formatCount(left)}
      </Figure>
    </dl>
  );
}

function Figure({
  label,
  mark,
  isBad,
  children,
}: {
  label: string;
  mark?: ReactNode;
  isBad?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="flex flex-col-reverse justify-end">
      <dt className="label flex items-center gap-1.5 whitespace-nowrap">
        {mark}
        {label}
      </dt>
      <dd className={isBad ? 'text-lg font-semibold text-down' : 'text-lg font-semibold'}>{children}</dd>
    </div>
  );
}
