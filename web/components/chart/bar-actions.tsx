'use client';
import { API_URL } from '../../lib/api/client';
import { csvUrl, type ChartBars } from '../../lib/chart-url';
import type { RangeName } from '../../lib/ranges';
import { CopyButton } from '../ui/copy-button';
import { cx } from '../ui/cx';
import type { ChartDialog } from './chart-dialogs';

const STYLE =
  'flex h-8 min-w-6 items-center justify-center px-1.5 text-xs whitespace-nowrap text-ink-2 hover:text-ink sm:h-7';

/** Buttons to download the bars, copy a link to the chart or its request, and show the shortcuts. */
export function BarActions({
  chart,
  range,
  onDialog,
}: {
  chart: ChartBars;
  range: RangeName;
  onDialog: (dialog: ChartDialog) => void;
}) {
  return (
    <>
      <a href={csvUrl(chart, API_URL)} download className={cx(STYLE, 'max-sm:hidden')}>
        CSV
      </a>
      <CopyButton text={() => linkTo(chart.asset.symbol, range)} what="link" className={STYLE}>
        Link
      </CopyButton>
      <button
        type="button"
        title="This chart as curl, SQL and Python"
        onClick={() => onDialog('request')}
        className={STYLE}
      >
        Request
      </button>
      <button
        type="button"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts"
        onClick={() => onDialog('keys')}
        className={cx(STYLE, 'max-sm:hidden')}
      >
        ?
      </button>
    </>
  );
}

/** The full address of the chart, including defaults that the URL leaves out. */
function linkTo(symbol: string, range: RangeName): string {
  const url = new URL(window.location.href);
  url.searchParams.set('symbol', symbol);
  url.searchParams.set('range', range);
  return url.href;
}
