'use client';
import { useState } from 'react';
import { API_URL } from '../../lib/api/client';
import { MAX_BARS } from '../../lib/api/queries';
import type { Asset } from '../../lib/api/types';
import { RANGES, type RangeName } from '../../lib/ranges';
import { cx } from '../ui/cx';

const STYLE = 'flex h-8 items-center px-1.5 text-xs whitespace-nowrap text-ink-2 hover:text-ink sm:h-7';

/** Buttons to download the bars, copy a link to the chart, and show the shortcuts. */
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
      <button
        type="button"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts"
        onClick={onHelp}
        className={cx(STYLE, 'max-sm:hidden')}
      >
        ?
      </button>
    </>
  );
}

function csvUrl({ assetClass, symbol }: Asset, range: RangeName, timeframe: string | undefined): string {
  const query = new URLSearchParams({ range: RANGES[range], format: 'csv', limit: String(MAX_BARS) });
  if (timeframe) query.set('timeframe', timeframe);
  const path = assetClass === 'stock' ? 'stocks' : 'crypto';
  return `${API_URL}/api/${path}/${encodeURIComponent(symbol)}/ohlcv?${query.toString()}`;
}

const COPIED_NOTE_MS = 2_000;

/** Copies the full address of the chart, including defaults that the URL leaves out. */
function CopyLink({ symbol, range }: { symbol: string; range: RangeName }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const url = new URL(window.location.href);
    url.searchParams.set('symbol', symbol);
    url.searchParams.set('range', range);
    try {
      await navigator.clipboard.writeText(url.href);
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_NOTE_MS);
    } catch {
      // no permission or no secure context: the user can copy it by hand
      window.prompt('Link', url.href);
    }
  };
  return (
    <button type="button" onClick={() => void copy()} title="Copy link" className={STYLE}>
      <span className="min-w-[6ch] text-left" aria-live="polite">
        {isCopied ? 'Copied' : 'Link'}
      </span>
    </button>
  );
}
