'use client';
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { marketsQuery } from '../../lib/api/queries';
import type { Market } from '../../lib/api/types';
import { useMarketNow } from '../../lib/clock';
import { dayFraction, tradingParts, viewMarket, type MarketView } from '../../lib/markets';
import type { MarkKind } from '../../lib/pipeline-view';
import { formatTime, zoneName } from '../../lib/time';
import { cx } from '../ui/cx';
import { QueryResult } from '../ui/panel';
import { SkeletonText } from '../ui/skeleton';
import { StatusMark } from '../ui/status-mark';

// loaded when it is opened
const Closures = dynamic(() => import('./closures').then((module) => module.Closures), { ssr: false });

const ALWAYS_OPEN = '24/7';
/** Of the line of a local day, in SVG units. */
const DAY_WIDTH = 240;
/** One row, two on a phone; with more markets than fit, it scrolls, so that the chart stays in the first screen. */
const GRID =
  'grid auto-cols-[minmax(50%,1fr)] grid-flow-col grid-rows-2 overflow-x-auto border-y border-rule [scrollbar-width:thin] lg:auto-cols-[minmax(11rem,1fr)] lg:grid-rows-1 lg:divide-x lg:divide-rule';
const CELL = 'min-w-0 py-2 pr-4 lg:px-4 lg:first:pl-0 lg:last:pr-0';

/** The exchanges' clocks: local time, state and next change, by the API's market clock. */
export function MarketClocks() {
  const query = useQuery(marketsQuery);
  return (
    <section aria-label="Markets">
      <QueryResult
        query={query}
        skeleton={<Skeleton />}
        stateClassName={cx('h-48 border-y border-rule lg:h-[6.125rem]')}
      >
        {({ markets }) => (
          <div className={GRID}>
            {markets
              .filter(({ mic }) => mic !== ALWAYS_OPEN)
              .map((market) => (
                <Clock key={market.mic} market={market} onChange={() => void query.refetch()} />
              ))}
          </div>
        )}
      </QueryResult>
    </section>
  );
}

const MARKS = { open: 'good', lunch: 'late', closed: 'idle', unknown: 'warn' } as const satisfies Record<
  MarketView['kind'],
  MarkKind
>;

function Clock({ market, onChange }: { market: Market; onChange: () => void }) {
  const now = useMarketNow();
  const isChanged = now !== null && market.next !== null && now >= Date.parse(market.next.at);
  useEffect(() => {
    if (isChanged) onChange();
    // once per change: onChange is a new function in every render
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isChanged]);
  if (now === null) return <ClockSkeleton />;
  const { kind, label, next } = viewMarket(market, now);
  const { name, timezone } = market;
  return (
    <div className={CELL}>
      <div className="flex items-baseline justify-between gap-2">
        <h2 className="text-sm font-medium max-[24rem]:text-xs">{name}</h2>
        <span className="flex shrink-0 items-baseline gap-1 text-2xs text-ink-3">
          <span className="max-sm:sr-only">{zoneName(now, timezone)}</span>
          <ClosuresButton market={market} />
        </span>
      </div>
      <div className="justify-between gap-x-3 sm:flex sm:items-baseline">
        <time className="block text-lg">{formatTime(now, 'clock', timezone)}</time>
        <div className="min-h-4 min-w-0 text-xs *:whitespace-normal">
          <StatusMark kind={MARKS[kind]}>{label}</StatusMark>
        </div>
      </div>
      <DayBar market={market} now={now} />
      <p className="mt-1.5 min-h-4 text-2xs text-ink-3">{next}</p>
    </div>
  );
}

function ClosuresButton({ market }: { market: Market }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        aria-label={`Closures of ${market.name}`}
        title="Closures"
        onClick={() => setOpen(true)}
        className="-my-1 -mr-1 inline-flex size-6 items-center justify-center self-center rounded hover:text-ink"
      >
        <svg aria-hidden viewBox="0 0 12 4" className="w-3 fill-current">
          <circle cx="2" cy="2" r="1.2" />
          <circle cx="6" cy="2" r="1.2" />
          <circle cx="10" cy="2" r="1.2" />
        </svg>
      </button>
      {isOpen && <Closures market={market} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The local day as a line, with its trading hours and the current time. */
function DayBar({ market, now }: { market: Market; now: number }) {
  return (
    <svg aria-hidden viewBox={`0 0 ${DAY_WIDTH} 6`} preserveAspectRatio="none" className="mt-1 h-1.5 w-full">
      <path d={`M0 3h${DAY_WIDTH}`} className="stroke-rule-strong" vectorEffect="non-scaling-stroke" />
      {tradingParts(market).map(([begin, end]) => (
        <rect
          key={begin}
          x={begin * DAY_WIDTH}
          width={(end - begin) * DAY_WIDTH}
          y={1.5}
          height={3}
          className={market.state === 'open' ? 'fill-ink-2' : 'fill-rule-strong'}
        />
      ))}
      <path
        d={`M${dayFraction(now, market.timezone) * DAY_WIDTH} 0v6`}
        className="stroke-accent"
        strokeWidth={2}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

const Skeleton = () => (
  <div className={GRID}>
    {['New York', 'Paris', 'Hong Kong', 'Frankfurt'].map((name) => (
      <ClockSkeleton key={name} />
    ))}
  </div>
);

const ClockSkeleton = () => (
  <div className={CELL}>
    <div className="text-sm">
      <SkeletonText chars={9} />
    </div>
    <div className="text-lg">
      <SkeletonText chars={8} />
    </div>
    <div className="h-4 sm:hidden" />
    <div className="mt-1 h-1.5" />
    <p className="mt-1.5 h-4 text-2xs">
      <SkeletonText chars={20} />
    </p>
  </div>
);
