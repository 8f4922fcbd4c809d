'use client';
import type { PendingSessions } from '../../lib/api/chart-queries';
import type { Bars } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { counted, formatCount, formatCountdown } from '../../lib/format';
import type { MarkKind } from '../../lib/pipeline-view';
import { useSourceName } from '../../lib/source-name';
import { zoneName } from '../../lib/time';
import { isDated, timeframeText } from '../../lib/timeframes';
import type { LiveState } from '../../lib/live-bars-stream';
import { StatusMark } from '../ui/status-mark';
import { pendingSummary } from './pending-summary';
import { hasVolume } from './volume';

const LIVE = {
  live: { kind: 'good', text: 'streaming' },
  connecting: { kind: 'busy', text: 'connecting' },
  polling: { kind: 'warn', text: 'polling every 5 s' },
  past: { kind: 'idle', text: 'past state' },
  recorded: { kind: 'idle', text: 'recorded' },
} as const satisfies Record<LiveState | 'past', { kind: MarkKind; text: string }>;

/** Below the chart: how bars arrive, what they are, and which are pending. */
export function ChartFooter({
  bars,
  live,
  pending,
}: {
  bars: Bars | undefined;
  /** `past`: the bars are those of an earlier instant. */
  live: LiveState | 'past';
  pending: PendingSessions | undefined;
}) {
  const nameOf = useSourceName();
  return (
    <div className="flex flex-wrap gap-x-4 border-t border-rule py-1 text-2xs text-ink-3">
      <div className="flex min-h-4 w-full gap-x-4">
        <span className="min-w-20 shrink-0" role="status">
          <StatusMark kind={LIVE[live].kind}>{LIVE[live].text}</StatusMark>
        </span>
        {bars && <span>{whatBars(bars)}</span>}
      </div>
      <div className="flex min-h-4 min-w-0 flex-wrap gap-x-4 max-sm:w-full sm:flex-1">
        {bars && !hasVolume(bars) && <span>{nameOf(bars.meta.source)} has no volume for these bars</span>}
        {bars?.nextCursor && <span className="text-warn">only the latest {formatCount(bars.bars.length)} bars</span>}
        {pending && pending.sessions.length > 0 && <PendingNote pending={pending} />}
      </div>
      <a href="https://www.tradingview.com/" rel="noreferrer" className="link target -my-1 ml-auto">
        TradingView Lightweight Charts™
      </a>
    </div>
  );
}

function whatBars({ bars, timeframe, timezone, currency }: Bars): string {
  const last = bars.at(-1);
  const city = timezone.split('/').at(-1)!.replaceAll('_', ' ');
  const zone = last && !isDated(timeframe) ? `, ${city} time (${zoneName(Date.parse(last.time), timezone)})` : '';
  return `${timeframeText(timeframe)} in ${currency}${timezone === 'UTC' && zone ? ', UTC' : zone}`;
}

function PendingNote({ pending }: { pending: PendingSessions }) {
  const now = useWallNow(1_000);
  const { count, reasons, nextAttemptAt } = pendingSummary(pending.sessions);
  const wait = nextAttemptAt !== null && now !== null ? nextAttemptAt - now : 0;
  const text = [
    `${counted(count, 'bar')} pending: ${reasons.join(', ')}`,
    wait > 0 ? `next try in ${formatCountdown(wait)}` : 'retries in the next run',
  ].join('; ');
  return <span className="text-warn">{text}</span>;
}
