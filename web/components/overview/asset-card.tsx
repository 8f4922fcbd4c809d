'use client';
import { memo, type MouseEvent } from 'react';
import type { Asset, Backfill, Latest, Pipeline } from '../../lib/api/types';
import { assetState, priceOf, UNKNOWN_STATE, type Price } from '../../lib/asset-view';
import { formatCount, formatPrice, NONE, priceDigits } from '../../lib/format';
import type { RangeName } from '../../lib/ranges';
import { Change } from '../ui/change';
import { cx } from '../ui/cx';
import { ProgressBar } from '../ui/progress-bar';
import { SkeletonText } from '../ui/skeleton';
import { StatusMark } from '../ui/status-mark';
import { AssetStateMark, cadenceText } from './asset-state-mark';
import { Sparkline } from './sparkline';
import { Ticking } from './ticking';

const CARD =
  'grid h-12 grid-cols-[minmax(0,1fr)_3.5rem_7.25rem] max-[24rem]:grid-cols-[minmax(0,1fr)_auto] sm:grid-cols-[minmax(0,1fr)_5.5rem_8.25rem] items-center gap-x-3 border-l-2 pr-1 pl-2.5';

/** An asset on two lines: name and state, today's session as a sparkline, price and change. */
export const AssetCard = memo(function AssetCard({
  asset,
  latest,
  isError,
  pipelines,
  backfill,
  isChosen,
  range,
  onChoose,
}: {
  asset: Asset;
  /** Undefined while it is loading; null if it has none, as a retired asset. */
  latest: Latest | null | undefined;
  /** Its latest price could not be fetched. */
  isError: boolean;
  pipelines: readonly Pipeline[] | undefined;
  /** One of this asset that is running. */
  backfill: Backfill | undefined;
  isChosen: boolean;
  range: RangeName;
  onChoose: (symbol: string) => void;
}) {
  const price = latest ? priceOf(latest) : null;
  const view = isError ? UNKNOWN_STATE : pipelines && assetState(asset, pipelines);
  const choose = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a new tab or window
    event.preventDefault();
    onChoose(asset.symbol);
  };
  return (
    <a
      href={`/?symbol=${encodeURIComponent(asset.symbol)}&range=${range}`}
      aria-current={isChosen ? 'true' : undefined}
      onClick={choose}
      className={cx(CARD, isChosen ? 'border-accent bg-raised' : 'border-bg hover:border-raised hover:bg-raised')}
    >
      <span className="min-w-0">
        <span className="flex h-5 items-center gap-2">
          <span className="font-semibold">{asset.symbol}</span>
          <span className="flex h-4 items-center truncate text-2xs">
            {backfill ? (
              <StatusMark kind="busy">{backfillText(backfill)}</StatusMark>
            ) : (
              pipelines && view && <AssetStateMark {...view} asset={asset} at={price?.at ?? null} />
            )}
          </span>
        </span>
        <span className="block truncate text-xs text-ink-3">
          {asset.name}
          {view?.state === 'updated' && view.everyMs !== null && ` · ${cadenceText(view.everyMs)}`}
        </span>
      </span>
      {backfill?.progress && !latest?.sparkline ? (
        <ProgressBar
          label={`Backfill of ${asset.symbol}`}
          value={backfill.progress.requestsDone}
          max={Math.max(1, backfill.progress.requestsTotal)}
          className="w-full max-[24rem]:hidden"
        />
      ) : (
        <Sparkline latest={latest} />
      )}
      <span className="text-right">
        {latest === undefined ? <Waiting isError={isError} /> : <Quote price={price} asset={asset} />}
      </span>
    </a>
  );
});

function backfillText({ progress }: Backfill): string {
  if (!progress || progress.requestsTotal === 0) return 'backfill planned';
  return `backfill ${formatCount(progress.requestsDone)} of ${formatCount(progress.requestsTotal)}`;
}

function Quote({ price, asset }: { price: Price | null; asset: Asset }) {
  if (!price)
    return <span className="block h-9 text-xs text-ink-3">{asset.status === 'retired' ? NONE : 'no bars yet'}</span>;
  const digits = priceDigits(price.value, asset.kind);
  return (
    <>
      <span className="block whitespace-nowrap">
        <Ticking value={price.value}>{formatPrice(price.value, digits)}</Ticking>{' '}
        <span className="text-2xs text-ink-3">{asset.currency}</span>
      </span>
      <span className="block text-xs whitespace-nowrap">
        {price.change === null || price.percent === null ? (
          <span className="text-ink-3">no previous close</span>
        ) : (
          <Change change={price.change} percent={price.percent} digits={digits} />
        )}
      </span>
    </>
  );
}

function Waiting({ isError }: { isError: boolean }) {
  if (isError) return <span className="block h-9 text-xs text-down">unavailable</span>;
  return (
    <span aria-busy="true">
      <span className="block">
        <SkeletonText chars={9} />
      </span>
      <span className="block text-xs">
        <SkeletonText chars={13} />
      </span>
    </span>
  );
}

export function AssetCardSkeleton() {
  return (
    <div className={cx(CARD, 'border-bg')}>
      <span>
        <span className="block">
          <SkeletonText chars={5} />
        </span>
        <span className="block text-xs">
          <SkeletonText chars={14} />
        </span>
      </span>
      <span className="max-[24rem]:hidden" />
      <span className="text-right">
        <Waiting isError={false} />
      </span>
    </div>
  );
}
