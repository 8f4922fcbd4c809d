'use client';
import { useQuery } from '@tanstack/react-query';
import { latestQuery, runningBackfillsQuery, statusQuery } from '../../lib/api/queries';
import type { Asset } from '../../lib/api/types';
import type { RangeName } from '../../lib/ranges';
import { Button } from '../ui/button';
import { Frame } from '../ui/panel';
import { StaleNote } from '../ui/states';
import { AssetCard, AssetCardSkeleton } from './asset-card';

type Kind = Asset['kind'];

/** @param skeletons the assets tracked after the first start */
const GROUPS: readonly { title: string; kinds: readonly Kind[]; skeletons: number }[] = [
  { title: 'Stocks', kinds: ['equity', 'etf'], skeletons: 7 },
  { title: 'Indices', kinds: ['index'], skeletons: 0 },
  { title: 'Funds', kinds: ['fund'], skeletons: 0 },
  { title: 'Currencies', kinds: ['currency'], skeletons: 0 },
  { title: 'Coins', kinds: ['coin'], skeletons: 4 },
];
const RETIRED = 'Retired';

/** The assets by what they are; retired ones last. */
const groupsOf = (assets: readonly Asset[]): { title: string; own: Asset[] }[] =>
  [
    ...GROUPS.map(({ title, kinds }) => ({
      title,
      own: assets.filter(({ kind, status }) => status !== 'retired' && kinds.includes(kind)),
    })),
    { title: RETIRED, own: assets.filter(({ status }) => status === 'retired') },
  ].filter(({ own }) => own.length > 0);

/** The assets by what they are; choosing one shows its chart. */
export function Watchlist({
  assets,
  chosen,
  range,
  onChoose,
  onAdd,
}: {
  assets: readonly Asset[];
  chosen: string | null;
  range: RangeName;
  onChoose: (symbol: string) => void;
  onAdd: () => void;
}) {
  const { data: status, isError, dataUpdatedAt, refetch } = useQuery(statusQuery);
  const { data: latest, isError: isLatestError } = useQuery(latestQuery);
  const isFilling = status?.backfill.lastRun?.status === 'running' || assets.some(isEmpty);
  const { data: backfills } = useQuery({ ...runningBackfillsQuery, enabled: isFilling });
  return (
    <div className="space-y-4">
      {groupsOf(assets).map(({ title, own }, i) => (
        <Frame
          key={title}
          title={title}
          note={title === RETIRED ? 'not requested' : 'click to chart'}
          actions={
            i === 0 && (
              <>
                {status && isError && <StaleNote updatedAt={dataUpdatedAt} retry={() => void refetch()} />}
                <Button onClick={onAdd}>Add</Button>
              </>
            )
          }
        >
          <ul className="divide-y divide-rule">
            {own.map((asset) => (
              <li key={asset.symbol}>
                <AssetCard
                  asset={asset}
                  latest={latest && (latest.find(({ symbol }) => symbol === asset.symbol) ?? null)}
                  isError={isLatestError}
                  pipelines={status?.pipelines}
                  backfill={backfills?.find(({ asked }) => asked?.symbols?.includes(asset.symbol))}
                  isChosen={asset.symbol === chosen}
                  range={range}
                  onChoose={onChoose}
                />
              </li>
            ))}
          </ul>
        </Frame>
      ))}
    </div>
  );
}

const isEmpty = ({ status, timeframes }: Asset): boolean =>
  status === 'active' && timeframes.every(({ lastBar }) => lastBar === null);

export function WatchlistSkeleton() {
  return (
    <div className="space-y-4" aria-hidden>
      {GROUPS.filter(({ skeletons }) => skeletons > 0).map(({ title, skeletons }, i) => (
        <Frame key={title} title={title} note="click to chart" actions={i === 0 && <Button disabled>Add</Button>}>
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
