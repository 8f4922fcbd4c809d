'use client';
import { useQuery } from '@tanstack/react-query';
import { latestBackfillQuery, marketsQuery, statusQuery } from '../../lib/api/queries';
import type { Asset, Bars } from '../../lib/api/types';
import { assetState } from '../../lib/asset-view';
import { formatCount } from '../../lib/format';
import { formatTime } from '../../lib/time';
import { Empty } from '../ui/states';

/** Why there is nothing to draw, and what is being done about it. */
export function NoBars({ asset, bars: { meta, timeframe } }: { asset: Asset; bars: Bars }) {
  return (
    <Empty title="No data available for this range">
      {meta.reason === 'market_closed' && <Closed asset={asset} />}
      {meta.reason === 'not_yet_fetched' && <Awaited asset={asset} source={meta.source} />}
      {meta.reason === 'unobtainable' &&
        `${meta.source} no longer gives ${timeframe} bars of it, or never had any. Nothing can be done; another range or another length of bars may have some.`}
      {meta.reason === 'no_trades' &&
        `${meta.source} has answered for all of it, and has no bars: nothing was traded. It is asked again when the sessions are verified.`}
    </Empty>
  );
}

function Closed({ asset }: { asset: Asset }) {
  const { data } = useQuery(marketsQuery);
  const next = data?.markets.find(({ mic }) => mic === asset.exchange)?.next;
  const at = next?.to === 'open' ? next.at : null;
  return (
    <>
      The market was closed all the time.
      {at && ` It opens ${formatTime(at, 'day', asset.timezone)} at ${formatTime(at, 'minute', asset.timezone)}.`}
    </>
  );
}

function Awaited({ asset, source }: { asset: Asset; source: string }) {
  const { data: status } = useQuery(statusQuery);
  const isRunning = status?.backfill.lastRun?.status === 'running';
  const { data: backfill } = useQuery({ ...latestBackfillQuery, enabled: isRunning });
  const progress = isRunning ? backfill?.progress : null;
  const error = status && assetState(asset, status.pipelines).error;
  if (error) return <>These bars could not be fetched yet, and are asked for again with each run. {error}</>;
  return (
    <>
      These bars are not fetched yet.{' '}
      {progress && progress.requestsTotal > 0
        ? `The backfill is at ${formatCount(progress.requestsDone)} of ${formatCount(progress.requestsTotal)} requests to the providers; they appear here by themselves.`
        : `${source} is asked by the next run that finds them missing; they appear here by themselves.`}
    </>
  );
}
