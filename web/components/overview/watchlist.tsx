'use client';
import { useQuery } from '@tanstack/react-query';
import { latestQuery, statusQuery } from '../../lib/api/queries';
import type { Asset, AssetClass } from '../../lib/api/types';
import type { RangeName } from '../../lib/ranges';
import { Frame } from '../ui/panel';
import { StaleNote } from '../ui/states';
import { AssetCard, AssetCardSkeleton } from './asset-card';

const CLASSES = [
  { assetClass: 'stock', title: 'Equities', skeletons: 7 },
  { assetClass: 'crypto', title: 'Crypto', skeletons: 4 },
] as const satisfies readonly { assetClass: AssetClass; title: string; skeletons: number }[];

/** The assets by class; choosing one shows its chart. */
export function Watchlist({
  assets,
  chosen,
  range,
  onChoose,
}: {
  assets: readonly Asset[];
  chosen: string | null;
  range: RangeName;
  onChoose: (symbol: string) => void;
}) {
  const { data: status, isError, dataUpdatedAt, refetch } = useQuery(statusQuery);
  const { data: latest, isError: isLatestError } = useQuery(latestQuery);
  return (
    <div className="space-y-4">
      {CLASSES.map(({ assetClass, title }, i) => {
        const own = assets.filter((asset) => asset.assetClass === assetClass);
        if (own.length === 0) return null;
        return (
          <Frame
            key={assetClass}
            title={title}
            note="click to chart"
            actions={
              i === 0 && status && isError && <StaleNote updatedAt={dataUpdatedAt} retry={() => void refetch()} />
            }
          >
            <ul className="divide-y divide-rule">
              {own.map((asset) => (
                <li key={asset.symbol}>
                  <AssetCard
                    asset={asset}
                    latest={latest?.find(({ symbol }) => symbol === asset.symbol)}
                    isError={isLatestError}
                    pipelines={status?.pipelines}
                    isChosen={asset.symbol === chosen}
                    range={range}
                    onChoose={onChoose}
                  />
                </li>
              ))}
            </ul>
          </Frame>
        );
      })}
    </div>
  );
}

export function WatchlistSkeleton() {
  return (
    <div className="space-y-4" aria-hidden>
      {CLASSES.map(({ assetClass, title, skeletons }) => (
        <Frame key={assetClass} title={title} note="click to chart">
          <ul className="divide-y divide-rule">
            {Array.from({ length: skeletons }, (_, i) => (
              <li key={i}>
                <AssetCardSkeleton />
              </li>
            ))}
          </ul>
        </Frame>
      ))}
    </div>
  );
}
