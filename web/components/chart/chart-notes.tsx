'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery } from '../../lib/api/queries';
import type { Asset, Bars } from '../../lib/api/types';
import { outagesOf } from '../../lib/asset-view';
import { timeframesOf } from '../../lib/timeframes';
import { useUrlState } from '../../lib/url-state';
import { UnknownNote } from '../ui/unknown-note';
import { SourcesRow } from './sources-row';
import { type ChartState, vocabularyOf } from './state';
import type { ChartData } from './use-chart-data';

/** Between toolbar and chart: the sources of an asset with several, why it or its first source is not requested, and what its address names that does not exist. */
export function ChartNotes({
  asset,
  data: { query, studies },
  shown,
  source,
  latest,
  onChange,
}: {
  asset: Asset;
  data: ChartData;
  shown: Bars | undefined;
  source: string | null;
  /** The latest instant of the store that can be shown, epoch ms. */
  latest: number;
  onChange: (change: Partial<ChartState>) => void;
}) {
  const [parameters, change] = useUrlState();
  const { data: assets = [] } = useQuery(assetsQuery);
  const known = knownOf(asset, assets, studies);
  const choose = (id: string | null) => {
    const isKnown = id === null || query.data?.meta.sources.some(({ provider }) => provider === id);
    // another source may have other timeframes
    onChange({ source: id, ...(!isKnown && { timeframe: null }) });
  };
  return (
    <>
      {asset.sources.length > 1 && <SourcesRow asset={asset} bars={shown} source={source} onChange={choose} />}
      {asset.status !== 'active' && <InactiveNote asset={asset} />}
      {outagesOf(asset).map((outage) => (
        <p key={outage} role="status" className="py-1 text-xs wrap-anywhere text-ink-2">
          {outage}.
        </p>
      ))}
      {known && (
        <UnknownNote
          parameters={parameters}
          vocabulary={vocabularyOf({ ...known, latest })}
          onRemove={(patch) => change(patch, 'replace')}
        />
      )}
    </>
  );
}

/** Why the asset is not requested, and what that means. */
const InactiveNote = ({ asset: { status, inactiveBecause } }: { asset: Asset }) => (
  <p role="status" className="py-1 text-xs wrap-anywhere text-ink-2">
    {status === 'paused' ? 'Paused' : 'Retired'}
    {inactiveBecause !== null && `: ${inactiveBecause}`}. No run requests it; its stored bars stay and are served.
  </p>
);

/** What an address can name in a chart; null while it is loading. */
const knownOf = (asset: Asset, assets: readonly Asset[], { all, isComplete }: ChartData['studies']) =>
  isComplete
    ? {
        symbols: assets.map(({ symbol }) => symbol),
        studies: all.map(({ id }) => id),
        timeframes: timeframesOf(asset),
        sources: asset.sources.map(({ provider }) => provider),
      }
    : null;
