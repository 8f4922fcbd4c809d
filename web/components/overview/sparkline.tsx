import type { Latest } from '../../lib/api/types';
import { sparkline } from '../../lib/sparkline';
import { SkeletonBlock } from '../ui/skeleton';

const BOX = { width: 88, height: 28 };

/** The closes of the latest session (coins: the last 24 hours), with the previous close as a dotted line. */
export function Sparkline({ latest }: { latest: Latest | null | undefined }) {
  if (latest === null) return <span />;
  if (!latest) return <SkeletonBlock className="h-px w-full" />;
  const { bar, previousClose } = latest;
  const line = latest.sparkline && sparkline(latest.sparkline, previousClose, BOX);
  return (
    <svg
      aria-hidden
      viewBox={`-1 -2 ${BOX.width + 2} ${BOX.height + 4}`}
      className="h-8 w-full max-[24rem]:hidden"
      preserveAspectRatio="none"
    >
      {line?.baseline != null && (
        <path
          d={`M0 ${line.baseline}H${BOX.width}`}
          className="stroke-rule-strong"
          strokeDasharray="1 3"
          vectorEffect="non-scaling-stroke"
        />
      )}
      {line && (
        <path
          d={line.path}
          fill="none"
          className={toneOf(bar?.close, previousClose)}
          strokeWidth={1.25}
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}

function toneOf(last: number | undefined, previousClose: number | null): string {
  if (last === undefined || previousClose === null || last === previousClose) return 'stroke-ink-2';
  return last > previousClose ? 'stroke-up' : 'stroke-down';
}
