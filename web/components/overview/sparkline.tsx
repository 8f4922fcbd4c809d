'use client';
import { useQuery } from '@tanstack/react-query';
import { barsQuery, marketsQuery } from '../../lib/api/queries';
import type { Asset, Market } from '../../lib/api/types';
import { sparkline, type Point } from '../../lib/sparkline';
import { SkeletonBlock } from '../ui/skeleton';

const WIDTH = 88;
const HEIGHT = 28;

/** The closes of the latest session (coins: the last 24 hours), and the close before it as a dotted line. */
export function Sparkline({ asset, previousClose }: { asset: Asset; previousClose: number | null }) {
  const { data } = useQuery(barsQuery(asset, '1d'));
  const { data: markets } = useQuery(marketsQuery);
  if (!data) return <SkeletonBlock className="h-px w-full" />;
  const points = data.bars.map(({ time, close }) => ({ at: Date.parse(time), price: close }));
  const session = markets?.markets.find(({ mic }) => mic === asset.exchange)?.session ?? null;
  const { from, to } = windowOf(points, asset.assetClass === 'stock' ? session : null);
  const line = sparkline(points, { from, to, also: previousClose, width: WIDTH, height: HEIGHT });
  const last = points.at(-1)?.price;
  return (
    <svg aria-hidden viewBox={`-1 -2 ${WIDTH + 2} ${HEIGHT + 4}`} className="h-8 w-full" preserveAspectRatio="none">
      {line?.baseline != null && (
        <path
          d={`M0 ${line.baseline}H${WIDTH}`}
          className="stroke-rule-strong"
          strokeDasharray="1 3"
          vectorEffect="non-scaling-stroke"
        />
      )}
      {line && (
        <path
          d={line.path}
          fill="none"
          className={toneOf(last, previousClose)}
          strokeWidth={1.25}
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}

/** From the open to the close of the session that the points are of; what they cover where it is another one. */
function windowOf(points: readonly Point[], session: Market['session']): { from: number; to: number } {
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? 0;
  if (!session) return { from: first, to: last };
  const hours = { from: Date.parse(session.open), to: Date.parse(session.close) };
  return first >= hours.from && last < hours.to ? hours : { from: first, to: last };
}

function toneOf(last: number | undefined, previousClose: number | null): string {
  if (last === undefined || previousClose === null || last === previousClose) return 'stroke-ink-2';
  return last > previousClose ? 'stroke-up' : 'stroke-down';
}
