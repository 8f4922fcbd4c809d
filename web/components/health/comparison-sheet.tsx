'use client';
import { useQuery } from '@tanstack/react-query';
import { comparisonsQuery } from '../../lib/api/agreement-queries';
import { barsBetweenQuery, sessionHoursQuery } from '../../lib/api/chart-queries';
import { assetsQuery } from '../../lib/api/queries';
import type { Asset, Comparison } from '../../lib/api/types';
import { compareBars, differenceText, largestOf, type ComparedBar } from '../../lib/comparison';
import type { ComparisonKey } from '../../lib/comparison-name';
import { dayAfter } from '../../lib/coverage-view';
import { formatCount, formatPrice, NONE, priceDigits } from '../../lib/format';
import { formatTime, nameOfDate } from '../../lib/time';
import { isDated } from '../../lib/timeframes';
import { useProviderName } from '../../lib/use-provider-name';
import { Dialog } from '../ui/dialog';
import { QueryResult } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty, Failure } from '../ui/states';
import { ComparisonChart } from './comparison-chart';
import { Finding } from './finding';

const LARGEST = 8;

/** Two sources of one session: the finding, the figures, a picture and the largest differences. */
export function ComparisonSheet({
  wanted,
  onClose,
}: {
  wanted: Record<keyof ComparisonKey, string>;
  onClose: () => void;
}) {
  const { symbol, session } = wanted;
  const query = useQuery(comparisonsQuery(symbol, session));
  const isWanted = (one: Comparison) =>
    one.timeframe === wanted.timeframe && one.source === wanted.source && one.other === wanted.other;
  return (
    <Dialog kind="sheet" title={`${symbol} ${wanted.timeframe} · ${nameOfDate(session)}`} onClose={onClose}>
      <QueryResult
        query={query}
        skeleton={<SkeletonBlock className="h-96" />}
        isEmpty={(comparisons) => !comparisons.some(isWanted)}
        empty={<Empty title="Not compared">These sources have not been compared for this session.</Empty>}
      >
        {(comparisons) => <Details comparison={comparisons.find(isWanted)!} />}
      </QueryResult>
    </Dialog>
  );
}

function Details({ comparison }: { comparison: Comparison }) {
  const nameOf = useProviderName();
  const names = [nameOf(comparison.source), nameOf(comparison.other)] as const;
  const { data: assets } = useQuery(assetsQuery);
  const asset = assets?.find(({ symbol }) => symbol === comparison.symbol);
  return (
    <div className="flex flex-col gap-5">
      <div>
        <Finding comparison={comparison} />
      </div>
      {asset ? <Picture asset={asset} comparison={comparison} names={names} /> : <SkeletonBlock className="h-64" />}
      <Figures comparison={comparison} names={names} />
    </div>
  );
}

/** The closes of both sources over the session; a single bar has no picture, and its closes are in the table. */
function Picture({
  asset,
  comparison: { session, timeframe, source, other },
  names,
}: {
  asset: Asset;
  comparison: Comparison;
  names: readonly [string, string];
}) {
  const hours = useQuery(sessionHoursQuery(asset.exchange, session));
  const day = hours.data;
  const between = isDated(timeframe)
    ? { start: session, end: dayAfter(session) }
    : { start: day?.open ?? session, end: day?.close ?? session };
  const view = { ...between, timeframe, asOf: null };
  const enabled = isDated(timeframe) || day != null;
  const first = useQuery({ ...barsBetweenQuery(asset, { ...view, source }), enabled });
  const second = useQuery({ ...barsBetweenQuery(asset, { ...view, source: other }), enabled });
  const failed = [hours, first, second].find(({ isError, data }) => isError && data === undefined);
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />;
  if (day === null) return <Empty title="No session">The market has no session on this date.</Empty>;
  if (!first.data || !second.data)
    return (
      <div aria-busy="true">
        <SkeletonBlock className="h-64" />
      </div>
    );
  const bars = compareBars(first.data, second.data);
  if (bars.length === 0) return <Empty title="No bars">Neither source has bars of this session.</Empty>;
  const digits = priceDigits(bars.at(-1)?.first ?? bars.at(-1)?.other ?? 1, asset.kind);
  const shared = { bars, names, digits, timezone: isDated(timeframe) ? 'UTC' : asset.timezone };
  return (
    <>
      {bars.length > 1 && <ComparisonChart {...shared} />}
      <Largest {...shared} />
    </>
  );
}

function Largest({
  bars,
  names,
  digits,
  timezone,
}: {
  bars: readonly ComparedBar[];
  names: readonly [string, string];
  digits: number;
  timezone: string;
}) {
  const rows = largestOf(bars, LARGEST);
  const price = (value: number | null) => (value === null ? NONE : formatPrice(value, digits));
  if (rows.length === 0) return <p className="text-ink-2">Every close that both have is equal.</p>;
  return (
    <table className="w-full table-fixed text-right">
      <caption className="mb-1 text-left font-semibold">Largest differences of closes</caption>
      <thead>
        <tr className="label *:font-normal">
          <th scope="col" className="w-16 text-left">
            Time
          </th>
          {names.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
          <th scope="col">Difference</th>
        </tr>
      </thead>
      <tbody className="divide-y divide-rule">
        {rows.map(({ time, first, other, difference }) => (
          <tr key={time}>
            <th scope="row" className="text-left font-normal text-ink-2">
              {formatTime(time, 'minute', timezone)}
            </th>
            <td>{price(first)}</td>
            <td>{price(other)}</td>
            <td>{differenceText(difference!)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Figures({ comparison, names }: { comparison: Comparison; names: readonly [string, string] }) {
  const { bars, onlySource, onlyOther, beyondTick, beyond10bp, tick, volumeRatio, returnCorrelation } = comparison;
  const rows: [string, string][] = [
    ['bars that both have', formatCount(bars)],
    [`only ${names[0]}`, formatCount(onlySource)],
    [`only ${names[1]}`, formatCount(onlyOther)],
    [`beyond a tick${tick === null ? '' : ` of ${tick}`}`, formatCount(beyondTick)],
    ['beyond 10 basis points', formatCount(beyond10bp)],
    [`volume, ${names[1]} ÷ ${names[0]}`, volumeRatio === null ? NONE : volumeRatio.toFixed(3)],
    ['correlation of changes', returnCorrelation === null ? NONE : returnCorrelation.toFixed(4)],
  ];
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1 border-t border-rule pt-4">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
