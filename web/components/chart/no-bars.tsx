'use client';
import { useQuery } from '@tanstack/react-query';
import { latestBackfillQuery, marketsQuery, statusQuery } from '../../lib/api/queries';
import type { Asset, Bars } from '../../lib/api/types';
import { assetState } from '../../lib/asset-view';
import { counted, formatCount } from '../../lib/format';
import { useSourceName } from '../../lib/source-name';
import { formatTime } from '../../lib/time';
import { RateWait } from '../ui/rate-wait';
import { Empty } from '../ui/states';

/** Why there are no bars, and what happens next. */
export function NoBars({
  asset,
  bars: { meta, timeframe },
  isPast,
}: {
  asset: Asset;
  bars: Bars;
  /** The chart shows the store at an earlier instant. */
  isPast: boolean;
}) {
  const source = useSourceName()(meta.source);
  return (
    <Empty title="No data available for this range">
      {meta.reason === 'market_closed' && <Closed asset={asset} />}
      {meta.reason === 'not_yet_fetched' &&
        (isPast ? 'The store had not fetched them yet at that time.' : <NotFetched asset={asset} source={source} />)}
      {meta.reason === 'future' && 'This range has not begun yet.'}
      {meta.reason === 'beyond_calendar' && 'The sessions of this range are not known: the calendar does not cover it.'}
      {meta.reason === 'nothing_at_provider' && <NothingAtProvider asset={asset} source={source} />}
      {meta.reason === 'corrupt' &&
        `${source} keeps sending values that break a rule for this range. They are in the quarantine, and requested once a day.`}
      {meta.reason === 'rejected' &&
        `What ${source} sent for this range broke a rule. The rows are in the quarantine, and requested again.`}
      {meta.reason === 'lost' && 'These bars were stored and then removed by SQL. The next heal restores them.'}
      {meta.reason === 'unobtainable' &&
        `${source} does not provide ${timeframe} bars for this range, or no longer does. Try another range or timeframe.`}
      {meta.reason === 'no_trades' &&
        `No trades: ${source} has no bars for this range. The range is checked again when its sessions are verified.`}
    </Empty>
  );
}

function Closed({ asset }: { asset: Asset }) {
  const { data } = useQuery(marketsQuery);
  const next = data?.markets.find(({ mic }) => mic === asset.exchange)?.next;
  const at = next?.to === 'open' ? next.at : null;
  return (
    <>
      The market was closed for the whole range.
      {at && ` It opens on ${formatTime(at, 'day', asset.timezone)} at ${formatTime(at, 'minute', asset.timezone)}.`}
    </>
  );
}

function NothingAtProvider({ asset, source }: { asset: Asset; source: string }) {
  const { data: status } = useQuery(statusQuery);
  const reason = status && assetState(asset, status.pipelines).reason;
  return (
    <>
      {source} has responded, but has never had a bar of this series. Check the asset&apos;s provider symbol. {reason}
    </>
  );
}

function NotFetched({ asset, source }: { asset: Asset; source: string }) {
  const { data: status } = useQuery(statusQuery);
  const isRunning = status?.backfill.lastRun?.status === 'running';
  const { data: backfill } = useQuery({ ...latestBackfillQuery, enabled: isRunning });
  const progress = isRunning ? backfill?.progress : null;
  const reason = status && assetState(asset, status.pipelines).reason;
  if (asset.status !== 'active') return <>The asset is {asset.status}, so its missing bars are not requested.</>;
  if (reason) return <>These bars could not be fetched yet. Each run tries again. {reason}</>;
  return (
    <>
      These bars have not been fetched yet.{' '}
      {progress && progress.requestsTotal > 0
        ? `The backfill has completed ${formatCount(progress.requestsDone)} of ${counted(progress.requestsTotal, 'request')}; bars appear here automatically.`
        : `The next run requests them from ${source}; they appear here automatically.`}
      {progress?.waitsFor && (
        <>
          {' '}
          It <RateWait {...progress.waitsFor} />.
        </>
      )}
    </>
  );
}
