'use client';
import type { Asset } from '../../lib/api/types';
import type { AssetState, AssetStateView } from '../../lib/asset-view';
import { useMarketNow } from '../../lib/clock';
import { formatAge } from '../../lib/format';
import type { MarkKind } from '../../lib/pipeline-view';
import { formatTime } from '../../lib/time';
import { StatusMark } from '../ui/status-mark';

const MARKS = {
  live: 'good',
  updated: 'good',
  delayed: 'late',
  closed: 'idle',
  stale: 'warn',
  failing: 'bad',
  waiting: 'busy',
  paused: 'idle',
  retired: 'idle',
  unknown: 'bad',
} as const satisfies Record<AssetState, MarkKind>;
/** Ages change in these steps, so that a list of them stays quiet. ms */
const STEP_MS = 5_000;

/**
 * A state, and the age of the price.
 * @param at time of the price: market clock, epoch ms
 * @param long with the time between two prices, if that is minutes
 */
export function AssetStateMark({
  state,
  lagMs,
  reason,
  everyMs,
  asset,
  at,
  long = false,
}: AssetStateView & {
  asset: Asset;
  at: number | null;
  long?: boolean;
}) {
  const now = useMarketNow(STEP_MS);
  if (now === null) return null;
  return (
    <span title={reason ?? undefined}>
      <StatusMark kind={MARKS[state]}>
        {state === 'unknown' ? 'not updated' : state}
        <span className="text-ink-3">
          {' '}
          {freshness(state, lagMs, asset, at, now)}
          {long && state === 'updated' && everyMs !== null && ` · ${cadenceText(everyMs)}`}
        </span>
      </StatusMark>
    </span>
  );
}

function freshness(state: AssetState, lagMs: number | null, asset: Asset, at: number | null, now: number): string {
  if (state === 'waiting' || at === null || state === 'paused' || state === 'retired') return '';
  if (state === 'unknown') return formatAge(now - at);
  if (state === 'closed')
    return `${formatTime(at, 'weekday', asset.timezone)} ${formatTime(at, 'minute', asset.timezone)}`;
  if ((state === 'stale' || state === 'failing') && lagMs) return `${formatAge(lagMs)} behind`;
  return state === 'updated' ? `${formatAge(now - at)} ago` : formatAge(now - at);
}

/** How often prices arrive: "every 20 min". */
export const cadenceText = (everyMs: number): string => `every ${formatAge(everyMs)}`;
