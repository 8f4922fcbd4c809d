'use client';
import { useState } from 'react';
import { API_URL } from '../../lib/api/client';
import { MOST_BARS } from '../../lib/api/queries';
import type { Asset } from '../../lib/api/types';
import { RANGES, type RangeName } from '../../lib/ranges';
import { cx } from '../ui/cx';

const STYLE = 'flex h-8 items-center px-1.5 text-xs whitespace-nowrap text-ink-2 hover:text-ink sm:h-7';

/** What can be taken away: the bars, and a link to what is shown. */
export function BarActions({
  asset,
  range,
  timeframe,
  onHelp,
}: {
  asset: Asset;
  range: RangeName;
  timeframe: string | undefined;
  onHelp: () => void;
}) {
  return (
    <>
      <a href={csvUrl(asset, range, timeframe)} download className={STYLE}>
        CSV
      </a>
      <CopyLink symbol={asset.symbol} range={range} />
      <button type="button" aria-label="Keys" title="Keys" onClick={onHelp} className={cx(STYLE, 'max-sm:hidden')}>
        ?
      </button>
    </>
  );
}

function csvUrl({ assetClass, symbol }: Asset, range: RangeName, timeframe: string | undefined): string {
  const query = new URLSearchParams({ range: RANGES[range], format: 'csv', limit: String(MOST_BARS) });
  if (timeframe) query.set('timeframe', timeframe);
  const path = assetClass === 'stock' ? 'stocks' : 'crypto';
  return `${API_URL}/api/${path}/${encodeURIComponent(symbol)}/ohlcv?${query.toString()}`;
}

const SAID_FOR_MS = 2_000;

/** The address of what is shown, whole: also with what is usual and left out of it. */
function CopyLink({ symbol, range }: { symbol: string; range: RangeName }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const url = new URL(window.location.href);
    url.searchParams.set('symbol', symbol);
    url.searchParams.set('range', range);
    try {
      await navigator.clipboard.writeText(url.href);
      setCopied(true);
      setTimeout(() => setCopied(false), SAID_FOR_MS);
    } catch {
      // not allowed here, or no secure context: it can be copied by hand
      window.prompt('Link', url.href);
    }
  };
  return (
    <button type="button" onClick={() => void copy()} title="Copy the link" className={STYLE}>
      <span className="min-w-[6ch] text-left" aria-live="polite">
        {isCopied ? 'Copied' : 'Link'}
      </span>
    </button>
  );
}
