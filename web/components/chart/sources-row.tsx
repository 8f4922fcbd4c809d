'use client';
import { useQuery } from '@tanstack/react-query';
import { latestFindingQuery } from '../../lib/api/agreement-queries';
import type { Asset, Bars } from '../../lib/api/types';
import { FINDING_NAMES } from '../../lib/comparison';
import { comparisonUrl } from '../../lib/comparison-name';
import { barsOf } from '../../lib/coverage-view';
import { useSourceName } from '../../lib/source-name';
import { nameOfDate } from '../../lib/time';
import { timeframeText } from '../../lib/timeframes';
import { cx } from '../ui/cx';
import { PageLink } from '../ui/page-link';
import { StatusMark } from '../ui/status-mark';
import { Segments } from './segments';

const ALL = 'all';

/** The sources of an asset by rank, with their shares of the bars shown; one can be shown alone. */
export function SourcesRow({
  asset,
  bars,
  source,
  onChange,
}: {
  /** With more than one source. */
  asset: Asset;
  bars: Bars | undefined;
  /** The one shown alone; null = all, as served. */
  source: string | null;
  onChange: (source: string | null) => void;
}) {
  const nameOf = useSourceName();
  const shareOf = ({ provider, name, role }: Asset['sources'][number]) => {
    const share = bars?.meta.sources.find((one) => one.provider === provider);
    const isLater = share !== undefined && share !== bars?.meta.sources[0];
    return (
      <>
        {isLater && <SourceMark />}
        {nameOf(name)}
        <span className="text-ink-3">
          {role === 'check'
            ? 'compared, not served'
            : share
              ? barsOf(share.bars)
              : bars && source === null && `no ${timeframeText(bars.timeframe)}`}
        </span>
      </>
    );
  };
  const choices = asset.sources.map((one) => ({ value: one.provider, content: shareOf(one) }));
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-2 text-xs">
      <span className="text-ink-3">Sources</span>
      <Segments
        label="Source"
        choices={[{ value: ALL, content: 'All' }, ...choices]}
        value={source ?? ALL}
        onChange={(value) => onChange(value === ALL ? null : value)}
        className="gap-x-1.5 sm:px-2"
        wraps
      />
      <ul className="hidden gap-x-4 print:flex">
        {asset.sources.map((one) => (
          <li key={one.provider} className="flex items-center gap-x-1.5">
            {shareOf(one)}
          </li>
        ))}
      </ul>
      <LatestFinding symbol={asset.symbol} />
    </div>
  );
}

/** That two sources have disagreed, with a link to the comparison. */
function LatestFinding({ symbol }: { symbol: string }) {
  const { data: comparison } = useQuery(latestFindingQuery(symbol));
  if (!comparison?.finding) return null;
  return (
    <PageLink className="link target ml-auto print:hidden" href={comparisonUrl(comparison)}>
      <StatusMark kind="warn">
        {FINDING_NAMES[comparison.finding.kind]} on {nameOfDate(comparison.session)}
      </StatusMark>
    </PageLink>
  );
}

/** As under the bars of a chart that are of a later source. */
export const SourceMark = ({ className }: { className?: string }) => (
  <svg aria-hidden viewBox="0 0 10 4" className={cx('h-1 w-2.5 shrink-0 fill-accent', className)}>
    <rect width="10" height="4" />
  </svg>
);
