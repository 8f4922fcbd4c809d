'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery } from '../../lib/api/queries';
import type { Revision, StoredTimeframe } from '../../lib/api/types';
import { formatTime, nameOfDate, zoneName } from '../../lib/time';
import { isDated } from '../../lib/timeframes';
import { useProviderName } from '../../lib/use-provider-name';

/** A bar by its asset, timeframe and open time in its market's zone; with its source, if the asset has several. */
export function BarName({
  symbol,
  source,
  timeframe,
  time,
}: {
  symbol: string;
  /** Id of its provider. */
  source: Revision['source'];
  timeframe: StoredTimeframe;
  time: string | null;
}) {
  const { data: assets } = useQuery(assetsQuery);
  const asset = assets?.find((one) => one.symbol === symbol);
  const timezone = asset?.timezone ?? 'UTC';
  const nameOf = useProviderName();
  return (
    <>
      <span className="font-semibold">{symbol}</span> <span className="label">{timeframe}</span>{' '}
      <span className="block text-xs whitespace-nowrap text-ink-2">
        {time === null ? 'no time' : timeText(time, timeframe, timezone)}
      </span>
      {asset && asset.sources.length > 1 && <span className="label block">{nameOf(source)}</span>}
    </>
  );
}

function timeText(time: string, timeframe: StoredTimeframe, timezone: string): string {
  if (isDated(timeframe)) return nameOfDate(time.slice(0, 10));
  const clock = `${formatTime(time, 'minute', timezone)} ${zoneName(Date.parse(time), timezone)}`;
  return `${formatTime(time, 'day', timezone)}, ${clock}`;
}
