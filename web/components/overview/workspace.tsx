'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery } from '../../lib/api/queries';
import { RANGES, rangeOf, type RangeName } from '../../lib/ranges';
import { useUrlState } from '../../lib/url-state';
import { ChartPanel, ChartPanelSkeleton } from '../chart/chart-panel';
import { Answer } from '../ui/panel';
import { Empty } from '../ui/states';
import { Watchlist, WatchlistSkeleton } from './watchlist';

const GRID = 'mt-6 grid gap-x-8 gap-y-8 lg:grid-cols-[26rem_minmax(0,1fr)]';

/** The assets, and the chart of the chosen one. Which one and which range stands in the URL: `/?symbol=SPY&range=1Y`. */
export function Workspace() {
  const query = useQuery(assetsQuery);
  const [parameters, change] = useUrlState();
  const range = rangeOf(parameters.get('range'));
  const wanted = parameters.get('symbol')?.toUpperCase();

  return (
    <Answer
      query={query}
      skeleton={<WorkspaceSkeleton />}
      stateClassName="mt-6 h-[44rem] border-y border-rule"
      isEmpty={(assets) => assets.length === 0}
      empty={<Empty title="No assets are tracked">An asset is a row in the table assets.</Empty>}
    >
      {(assets) => {
        const asset = wanted === undefined ? assets[0]! : assets.find(({ symbol }) => symbol === wanted);
        const choose = (symbol: string) => {
          change({ symbol });
          showChart();
        };
        return (
          <div className={GRID}>
            <Watchlist assets={assets} chosen={asset?.symbol ?? null} range={range} onChoose={choose} />
            {asset ? (
              <ChartPanel
                asset={asset}
                range={range}
                onRange={(name: RangeName) => change({ range: name }, 'replace')}
              />
            ) : (
              <Empty title={`${wanted} is not tracked`}>Choose one of the assets.</Empty>
            )}
          </div>
        );
      }}
    </Answer>
  );
}

/** On a phone the chart is below the list: a choice leads to it. */
function showChart(): void {
  const chart = document.getElementById('chart');
  if (chart && chart.getBoundingClientRect().top > window.innerHeight * 0.75) chart.scrollIntoView({ block: 'start' });
}

export function WorkspaceSkeleton() {
  return (
    <div className={GRID}>
      <WatchlistSkeleton />
      <ChartPanelSkeleton range={Object.keys(RANGES)[0] as RangeName} />
    </div>
  );
}
