'use client';
import { useQuery } from '@tanstack/react-query';
import { latestQuery, statusQuery } from '../../lib/api/queries';
import type { Asset, Bars } from '../../lib/api/types';
import { assetState, priceOf, UNKNOWN_STATE } from '../../lib/asset-view';
import { useConnection } from '../../lib/connection';
import { formatPercent, formatPrice, priceDigits } from '../../lib/format';
import type { RangeName } from '../../lib/ranges';
import { useTitle } from '../../lib/use-title';
import { AssetStateMark } from '../overview/asset-state-mark';
import { Ticking } from '../overview/ticking';
import { Change } from '../ui/change';
import { cx } from '../ui/cx';
import { SkeletonText } from '../ui/skeleton';

const ROW = 'flex min-h-9 flex-wrap items-baseline gap-x-4 gap-y-0.5 py-1';

/** Above the chart: the newest price, its change today and over the range, and how live it is. The tab's title has it too. */
export function QuoteLine({ asset, bars, range }: { asset: Asset; bars: Bars | undefined; range: RangeName }) {
  // the title of a tab in the background must not show an old price
  const { data: latest, isError } = useQuery({ ...latestQuery, refetchIntervalInBackground: true });
  const { data: status } = useQuery(statusQuery);
  const { simulated } = useConnection();
  const own = latest?.find(({ symbol }) => symbol === asset.symbol);
  const price = own ? priceOf(own) : null;
  const digits = priceDigits(price?.value ?? 1, asset.kind);
  useTitle(
    price &&
      [
        asset.symbol,
        formatPrice(price.value, digits),
        ...(price.percent === null ? [] : [formatPercent(price.percent)]),
        simulated ? '· Barkeep (simulated)' : '· Barkeep',
      ].join(' '),
  );
  if (!latest && !isError) return <QuoteLineSkeleton />;
  if (!price) return <div className={cx(ROW, 'text-ink-3')}>No price yet</div>;
  const first = bars?.symbol === asset.symbol ? bars.bars[0] : undefined;
  const over = first && price.value - first.open;
  return (
    <div className={ROW}>
      <span className="text-lg leading-7 whitespace-nowrap">
        <Ticking value={price.value}>{formatPrice(price.value, digits)}</Ticking>{' '}
        <span className="text-xs text-ink-3">{asset.currency}</span>
      </span>
      {price.change !== null && price.percent !== null && (
        <Labelled name="today">
          <Change change={price.change} percent={price.percent} digits={digits} />
        </Labelled>
      )}
      <Labelled name={`over ${range}`}>
        {first && over !== undefined ? (
          <Change change={over} percent={(over / first.open) * 100} digits={digits} />
        ) : (
          <SkeletonText chars={14} />
        )}
      </Labelled>
      <span className="ml-auto text-xs max-sm:ml-0">
        {status && (
          <AssetStateMark
            {...(isError ? UNKNOWN_STATE : assetState(asset, status.pipelines))}
            asset={asset}
            at={price.at}
            long
          />
        )}
      </span>
    </div>
  );
}

const Labelled = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <span className="flex items-baseline gap-1.5 text-xs whitespace-nowrap">
    <span className="text-ink-3">{name}</span>
    {children}
  </span>
);

export const QuoteLineSkeleton = () => (
  <div className={ROW} aria-hidden>
    <span className="text-lg leading-7">
      <SkeletonText chars={10} />
    </span>
    <SkeletonText chars={24} className="max-sm:hidden" />
  </div>
);
