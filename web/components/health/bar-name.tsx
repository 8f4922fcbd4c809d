'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery } from '../../lib/api/queries';
import type { StoredTimeframe } from '../../lib/api/types';
import { formatTime, zoneName } from '../../lib/time';
import { isDated } from '../../lib/timeframes';
import { nameOfDate } from './heat-map';

/** A bar by its asset, timeframe and open time in its market's zone. */
export function BarName({
  symbol,
  timeframe,
  time,
}: {
  symbol: string;
  timeframe: StoredTimeframe;
  time: string | null;
}) {
  const { data: assets } = useQuery(assetsQuery);
  const timezone = assets?.find((asset) => asset.symbol === symbol)?.timezone ?? 'UTC';
  return (
    <>
      <span className="font-semibold">{symbol}</span> <span className="label">{timeframe}</span>{' '}
      <span className="block text-xs whitespace-nowrap text-ink-2">
        {time === null ? 'no time' : timeText(time, timeframe, timezone)}
      </span>
    </>
  );
}

function timeText(time: string, timeframe: StoredTimeframe, timezone: string): string {
  if (isDated(timeframe)) return nameOfDate(time.slice(0, 10));
  const clock = `${formatTime(time, 'minute', timezone)} ${zoneName(Date.parse(time), timezone)}`;
  return `${formatTime(time, 'day', timezone)}, ${clock}`;
}
