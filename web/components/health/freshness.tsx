'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery, statusQuery } from '../../lib/api/queries';
import type { Freshness as SeriesFreshness, Status } from '../../lib/api/types';
import { formatAge, NONE } from '../../lib/format';
import type { MarkKind } from '../../lib/pipeline-view';
import { formatTime, zoneName } from '../../lib/time';
import { barLength, isDated } from '../../lib/timeframes';
import { Panel } from '../ui/panel';
import { SkeletonText } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { CurrentState } from '../ui/current-state';

const SKELETON_ROWS = 11;

const STATES = {
  fresh: { mark: 'good', label: 'fresh' },
  closed: { mark: 'idle', label: 'closed, nothing missing' },
  stale: { mark: 'warn', label: 'stale' },
  empty: { mark: 'late', label: 'no bars yet' },
} as const satisfies Record<SeriesFreshness['state'], { mark: MarkKind; label: string }>;

/** How far each series lags behind its provider's final bars. */
export function Freshness() {
  const query = useQuery(statusQuery);
  return (
    <Panel
      title="Freshness"
      note="latest bar of each series, in market time"
      query={query}
      stateClassName="h-[21rem]"
      skeleton={
        <Table>
          {Array.from({ length: SKELETON_ROWS }, (_, i) => (
            <tr key={i} className="h-7">
              <td colSpan={3}>
                <SkeletonText chars={48} />
              </td>
            </tr>
          ))}
        </Table>
      }
      isEmpty={(status) => seriesOf(status).size === 0}
      empty={<Empty title="No assets tracked">Add one on the overview.</Empty>}
    >
      {(status) => (
        <Table>
          {[...seriesOf(status)].map(([symbol, series]) => (
            <Row key={symbol} symbol={symbol} series={series} isStale={query.isError} />
          ))}
        </Table>
      )}
    </Panel>
  );
}

/** Series by asset, in the order in which assets were added; shortest timeframe first. */
function seriesOf({ pipelines }: Status): Map<string, SeriesFreshness[]> {
  const all = pipelines.flatMap(({ freshness }) => freshness);
  all.sort((a, b) => barLength(a.timeframe) - barLength(b.timeframe));
  const symbols = pipelines.flatMap(({ freshness }) => freshness.map(({ symbol }) => symbol));
  return new Map([...new Set(symbols)].map((symbol) => [symbol, all.filter((series) => series.symbol === symbol)]));
}

const Table = ({ children }: { children: React.ReactNode }) => (
  <table className="w-full table-fixed">
    <thead>
      <tr className="label h-7 border-b border-rule text-left *:font-normal">
        <th scope="col" className="w-20 sm:w-28">
          Asset
        </th>
        <th scope="col" className="w-1/3">
          Live bars
        </th>
        <th scope="col">Longer bars</th>
      </tr>
    </thead>
    <tbody className="divide-y divide-rule">{children}</tbody>
  </table>
);

function Row({ symbol, series, isStale }: { symbol: string; series: SeriesFreshness[]; isStale: boolean }) {
  const { data: assets } = useQuery(assetsQuery);
  const timezone = assets?.find((asset) => asset.symbol === symbol)?.timezone ?? 'UTC';
  const [live, ...longer] = series;
  return (
    <tr className="h-7 align-top *:py-1">
      <th scope="row" className="pr-2 text-left font-semibold wrap-anywhere">
        {symbol}
      </th>
      <td>{live && <Series series={live} timezone={timezone} isStale={isStale} />}</td>
      <td>
        <span className="flex flex-wrap gap-x-6">
          {longer.map((one) => (
            <Series key={one.timeframe} series={one} timezone={timezone} isStale={isStale} />
          ))}
        </span>
      </td>
    </tr>
  );
}

function Series({ series, timezone, isStale }: { series: SeriesFreshness; timezone: string; isStale: boolean }) {
  const { timeframe, lastBar, lagSeconds, state } = series;
  return (
    <span className="flex flex-wrap items-center gap-x-1.5">
      <CurrentState view={STATES[state]} isStale={isStale} quiet />
      <span className="label">{timeframe}</span>
      <span className={state === 'stale' ? 'text-warn' : undefined}>
        <LatestBar lastBar={lastBar} timeframe={timeframe} timezone={timezone} />
      </span>
      {state === 'stale' && lagSeconds !== null && (
        <span className="text-xs text-warn">
          {formatAge(lagSeconds * 1_000)}
          <span className="max-sm:hidden"> behind</span>
        </span>
      )}
    </span>
  );
}

function LatestBar({
  lastBar,
  timeframe,
  timezone,
}: Pick<SeriesFreshness, 'lastBar' | 'timeframe'> & { timezone: string }) {
  if (lastBar === null) return <>{NONE}</>;
  if (isDated(timeframe)) {
    const [weekday, ...date] = formatTime(lastBar, 'day', 'UTC').split(' ');
    return (
      <>
        <span className="max-sm:hidden">{weekday} </span>
        {date.join(' ')}
      </>
    );
  }
  return (
    <>
      {formatTime(lastBar, 'minute', timezone)}
      <span className="max-sm:hidden"> {zoneName(Date.parse(lastBar), timezone)}</span>
    </>
  );
}
