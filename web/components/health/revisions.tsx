'use client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { API_URL } from '../../lib/api/client';
import { revisionsQuery } from '../../lib/api/health-queries';
import { assetsQuery } from '../../lib/api/queries';
import type { Revision } from '../../lib/api/types';
import { formatVolume, formatPercent, formatPrice, NONE, priceDigits } from '../../lib/format';
import { changesOf } from '../../lib/health-view';
import { Ago } from '../ui/ago';
import { cx } from '../ui/cx';
import { Panel } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { BarName } from './bar-name';
import { More } from './more';

const PAGE = 5;
/** Height of a full page with its button, so that nothing below moves. */
const HEIGHT = 'min-h-[22rem]';
/** Smaller changes round to 0.00%. */
const MIN_PERCENT = 0.005;
const WIDE = 'max-md:hidden';

/** Stored bars that a later payload corrected: both versions, with their payloads. */
export function Revisions() {
  const query = useInfiniteQuery(revisionsQuery(PAGE));
  return (
    <Panel
      id="revisions"
      title="Latest revisions"
      note="every version is kept"
      query={query}
      stateClassName={cx(HEIGHT, 'grid')}
      skeleton={<SkeletonBlock className={HEIGHT} />}
      isEmpty={({ pages }) => pages.every(({ revisions }) => revisions.length === 0)}
      empty={<Empty title="No revisions yet">When a provider corrects a bar, both versions are kept.</Empty>}
    >
      {({ pages }) => (
        <div className={HEIGHT}>
          <table className="w-full table-fixed">
            <thead>
              <tr className="label h-7 border-b border-rule text-left *:font-normal">
                <th scope="col" className="w-36 md:w-44">
                  Bar
                </th>
                <th scope="col">Changes</th>
                <th scope="col" className={cx(WIDE, 'w-44')}>
                  Payloads
                </th>
                <th scope="col" className={cx(WIDE, 'w-28')}>
                  Replaced
                </th>
                <th scope="col" className="w-16 text-right">
                  <span className="sr-only">Link</span>
                </th>
              </tr>
            </thead>
            <tbody className="divide-y divide-rule">
              {pages
                .flatMap(({ revisions }) => revisions)
                .map((revision) => (
                  <Row key={revision.id} revision={revision} />
                ))}
            </tbody>
          </table>
          <More pages={query} />
        </div>
      )}
    </Panel>
  );
}

function Row({ revision }: { revision: Revision }) {
  const { symbol, source, timeframe, time, before, after, replacedAt, lineage } = revision;
  return (
    <tr>
      <td className="py-2 pr-4 align-top">
        <BarName symbol={symbol} source={source} timeframe={timeframe} time={time} />
      </td>
      <td className="py-2 pr-4 align-top">
        <Changes revision={revision} />
        <span className="block text-xs text-ink-3 md:hidden">
          <Ago instant={replacedAt} />
        </span>
      </td>
      <td className={cx(WIDE, 'py-2 pr-4 align-top text-ink-2')}>
        #{before.payloadId} → {after ? `#${after.payloadId}` : NONE}
      </td>
      <td className={cx(WIDE, 'py-2 align-top text-ink-2')}>
        <Ago instant={replacedAt} />
      </td>
      <td className="py-2 text-right align-top text-xs">
        <a className="link target text-ink-2" href={`${API_URL}${lineage}`} target="_blank" rel="noreferrer">
          Lineage
        </a>
      </td>
    </tr>
  );
}

function Changes({ revision: { before, after, symbol } }: { revision: Revision }) {
  const { data: assets } = useQuery(assetsQuery);
  const kind = assets?.find((asset) => asset.symbol === symbol)?.kind ?? 'equity';
  if (!after) return <span className="text-ink-2">Bar removed</span>;
  const changes = changesOf(before, after);
  if (changes.length === 0) return <span className="text-ink-2">Same values from another payload</span>;
  const text = (field: string, value: number | null) =>
    value === null ? NONE : field === 'volume' ? formatVolume(value) : formatPrice(value, priceDigits(value, kind));
  return (
    <ul className="flex flex-wrap gap-x-6 gap-y-0.5">
      {changes.map(({ field, before: old, after: next }) => (
        <li key={field} className="sm:whitespace-nowrap">
          <span className="label">{field}</span> <span className="text-ink-3">{text(field, old)}</span> →{' '}
          {text(field, next)} <Percent old={old} next={next} />
        </li>
      ))}
    </ul>
  );
}

/** The change in percent, unless it rounds to zero. */
function Percent({ old, next }: { old: number | null; next: number | null }) {
  if (old === null || next === null || old === 0) return null;
  const percent = (next / old - 1) * 100;
  return Math.abs(percent) < MIN_PERCENT ? null : <span className="label">{formatPercent(percent)}</span>;
}
