'use client';
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { barsQuery } from '../../lib/api/queries';
import type { Asset, Bars } from '../../lib/api/types';
import { RANGE_NAMES, RANGES, type RangeName } from '../../lib/ranges';
import { cx } from '../ui/cx';
import { Answer, Frame } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';

const BODY = 'h-[26rem] lg:h-full lg:min-h-[26rem]';

/** lightweight-charts is most of this page's JavaScript: it comes when the page is already there. */
const PriceChart = dynamic(() => import('./price-chart').then((module) => module.PriceChart), {
  ssr: false,
  loading: () => <ChartSkeleton />,
});

/** The chart of an asset over a range. */
export function ChartPanel({
  asset,
  range,
  onRange,
}: {
  asset: Asset;
  range: RangeName;
  onRange: (range: RangeName) => void;
}) {
  const query = useQuery(barsQuery(asset, RANGES[range]));
  const source = query.data?.meta.source;
  return (
    <Frame
      id="chart"
      className="flex scroll-mt-24 flex-col md:scroll-mt-12"
      title={[asset.symbol, range, source].filter(Boolean).join(' · ')}
      note={asset.name}
      actions={<RangeChoice range={range} onRange={onRange} />}
    >
      <div className={cx(BODY, 'relative lg:flex-1')}>
        <Answer
          query={query}
          skeleton={<ChartSkeleton />}
          stateClassName={BODY}
          isEmpty={({ bars }) => bars.length === 0}
          empty={query.data && <NoBars bars={query.data} />}
        >
          {(data) => <PriceChart key={`${asset.symbol} ${range}`} data={data} />}
        </Answer>
      </div>
    </Frame>
  );
}

const REASONS = {
  market_closed: 'The market was closed.',
  not_yet_fetched: 'They are not fetched yet: the backfill is under way.',
  unobtainable: 'The provider no longer has them, or never had.',
  no_trades: 'Nothing was traded.',
} as const;

const NoBars = ({ bars: { meta } }: { bars: Bars }) => (
  <Empty title="No data available for this range">{meta.reason && REASONS[meta.reason]}</Empty>
);

function RangeChoice({ range, onRange }: { range: RangeName; onRange?: (range: RangeName) => void }) {
  return (
    <div role="group" aria-label="Range" className="flex">
      {RANGE_NAMES.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === range}
          onClick={() => onRange?.(name)}
          className={cx(
            'h-7 px-1.5 text-xs sm:px-2',
            name === range
              ? 'text-ink underline decoration-accent decoration-2 underline-offset-8'
              : 'text-ink-3 hover:text-ink',
          )}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

const ChartSkeleton = () => <SkeletonBlock className="absolute inset-0 my-3 opacity-40" />;

export function ChartPanelSkeleton({ range }: { range: RangeName }) {
  return (
    <Frame title="Chart" className="flex flex-col" actions={<RangeChoice range={range} />}>
      <div className={cx(BODY, 'relative lg:flex-1')}>
        <ChartSkeleton />
      </div>
    </Frame>
  );
}
