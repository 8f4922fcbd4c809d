'use client';
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { assetsQuery } from '../../lib/api/queries';
import { DEFAULT_RANGE, rangeOf, type RangeName } from '../../lib/ranges';
import { useUrlState } from '../../lib/url-state';
import { ChartPanel, ChartPanelSkeleton } from '../chart/chart-panel';
import { Button } from '../ui/button';
import { QueryResult } from '../ui/panel';
import { Empty } from '../ui/states';
import { Watchlist, WatchlistSkeleton } from './watchlist';

// loaded when it is opened
const AddAssets = dynamic(() => import('../assets/add-assets').then((module) => module.AddAssets), { ssr: false });

/** The chart counts as visible if it starts within this share of the window. */
const VISIBLE_SHARE = 0.75;
const GRID = 'mt-4 grid print:block gap-x-8 gap-y-8 lg:grid-cols-[26rem_minmax(0,1fr)]';

/** The assets, and the chart of the selected one. The URL holds symbol and range: `/?symbol=SPY&range=1Y`; with `add`, the dialog for more assets is open. */
export function Workspace() {
  const query = useQuery(assetsQuery);
  const [parameters, change] = useUrlState();
  const range = rangeOf(parameters.get('range')) ?? DEFAULT_RANGE;
  const wanted = parameters.get('symbol')?.toUpperCase();
  const add = () => change({ add: '' });
  const show = (symbol: string) => {
    change({ symbol, add: null });
    showChart();
  };

  return (
    <>
      <QueryResult
        query={query}
        skeleton={<WorkspaceSkeleton />}
        stateClassName="mt-4 h-[44rem] border-y border-rule"
        isEmpty={(assets) => assets.length === 0}
        empty={
          <Empty title="No assets tracked">
            <Button onClick={add}>Add assets</Button>
          </Empty>
        }
      >
        {(assets) => {
          const asset =
            wanted === undefined
              ? (assets.find(({ status }) => status === 'active') ?? assets[0]!)
              : assets.find(({ symbol }) => symbol === wanted);
          return (
            <div className={GRID}>
              <Watchlist assets={assets} chosen={asset?.symbol ?? null} range={range} onChoose={show} onAdd={add} />
              {asset ? (
                <ChartPanel
                  asset={asset}
                  range={range}
                  onRange={(name: RangeName) => change({ range: name }, 'replace')}
                />
              ) : (
                <Empty title={`${wanted} is not tracked`}>Select one of the listed assets.</Empty>
              )}
            </div>
          );
        }}
      </QueryResult>
      {parameters.has('add') && <AddAssets onClose={() => change({ add: null }, 'replace')} onShow={show} />}
    </>
  );
}

/** On a phone the chart is below the list: scroll to it. */
function showChart(): void {
  const chart = document.getElementById('chart');
  if (chart && chart.getBoundingClientRect().top > window.innerHeight * VISIBLE_SHARE)
    chart.scrollIntoView({ block: 'start' });
}

export function WorkspaceSkeleton() {
  return (
    <div className={GRID}>
      <WatchlistSkeleton />
      <ChartPanelSkeleton range={DEFAULT_RANGE} />
    </div>
  );
}
