'use client';
import { useQuery } from '@tanstack/react-query';
import { barsBetweenQuery } from '../../lib/api/chart-queries';
import type { Asset } from '../../lib/api/types';
import { formatPrice, priceDigits } from '../../lib/format';
import { QueryResult } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import type { StoryBar } from './story-bar';
import { barTimeText, zoneOf } from './time-axis';

/** The stored bars that an aggregate bar is built from. */
export function BarParts({
  asset,
  bar,
  source,
  onChoose,
}: {
  asset: Asset;
  bar: StoryBar;
  source: string | null;
  onChoose: (time: string) => void;
}) {
  const { base } = bar;
  const query = useQuery(
    barsBetweenQuery(asset, { timeframe: base, start: bar.time, end: bar.until, asOf: null, source }),
  );
  const zone = zoneOf(base, asset.timezone);
  return (
    <section>
      <h3 className="font-semibold">Built from {base} bars</h3>
      <p className="label mb-2">Aggregated on read; each of these is stored. Select one for its story.</p>
      <QueryResult
        query={query}
        skeleton={<SkeletonBlock className="h-64" />}
        isEmpty={({ bars }) => bars.length === 0}
        empty={<Empty title="No stored bars in it yet" />}
      >
        {({ bars }) => (
          <ul className="divide-y divide-rule">
            {bars.map(({ time, open, close }) => (
              <li key={time}>
                <button
                  type="button"
                  onClick={() => onChoose(time)}
                  className="flex min-h-7 w-full items-center justify-between gap-4 text-left hover:bg-raised"
                >
                  <span>{barTimeText(Date.parse(time) / 1_000, base, zone)}</span>
                  <span className="text-ink-2">
                    {priceText(asset, open)} → <span className="text-ink">{priceText(asset, close)}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </QueryResult>
    </section>
  );
}

export const priceText = ({ kind }: Asset, price: number): string => formatPrice(price, priceDigits(price, kind));
