'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { API_URL } from '../../lib/api/client';
import { comparisonsQuery } from '../../lib/api/agreement-queries';
import { closureName, useClosures } from '../../lib/api/closures';
import { sessionCoverageQuery } from '../../lib/api/health-queries';
import type { CoverageSession, Market, StoredTimeframe } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { comparisonName, comparisonUrl } from '../../lib/comparison-name';
import { barsOf, dayAfter, describeCounts, kindOf, reasonText } from '../../lib/coverage-view';
import { formatAge, formatCount, formatCountdown, formatPercent, NONE } from '../../lib/format';
import { formatTime, nameOfDate, zoneName } from '../../lib/time';
import { isDated } from '../../lib/timeframes';
import { useProviderName } from '../../lib/use-provider-name';
import { Dialog } from '../ui/dialog';
import { QueryResult } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { BackfillSteps } from './backfill-steps';
import { Finding } from './finding';
import { Shares, Swatch } from './swatch';

/** The coverage of one session of one series, and a backfill for it. */
export function SessionSheet({
  symbol,
  timeframe,
  session,
  onClose,
}: {
  symbol: string;
  /** Null = the asset's shortest. */
  timeframe: StoredTimeframe | null;
  session: string;
  onClose: () => void;
}) {
  const query = useQuery(sessionCoverageQuery(symbol, timeframe, session));
  const own = query.data?.timeframe;
  return (
    <Dialog
      kind="sheet"
      title={`${query.data?.symbol ?? symbol.toUpperCase()}${own ? ` ${own}` : ''} · ${nameOfDate(session)}`}
      onClose={onClose}
    >
      <QueryResult
        query={query}
        skeleton={<SkeletonBlock className="h-96" />}
        isEmpty={({ sessions }) => sessions.length === 0}
        empty={query.data && <NoSession mic={query.data.exchange} date={session} />}
      >
        {(coverage) => (
          <Session
            row={coverage.sessions[0]!}
            symbol={coverage.symbol}
            timeframe={coverage.timeframe}
            timezone={coverage.timezone}
            sourceOutage={coverage.sourceOutage}
          />
        )}
      </QueryResult>
    </Dialog>
  );
}

function NoSession({ mic, date }: { mic: Market['mic']; date: string }) {
  const closure = useClosures([mic]).get(closureName(mic, date));
  return (
    <Empty title="No bars expected">
      {closure === undefined
        ? 'The market has no session on this date, or none that is due yet.'
        : `The market was closed on this date: ${closure}`}
    </Empty>
  );
}

function Session({
  row,
  symbol,
  timeframe,
  timezone,
  sourceOutage,
}: {
  row: CoverageSession;
  symbol: string;
  timeframe: StoredTimeframe;
  timezone: string;
  /** Why the first source is not requested now; null if it is. */
  sourceOutage: string | null;
}) {
  const request = { symbols: [symbol], timeframes: [timeframe], from: row.session, to: dayAfter(row.session) };
  return (
    <div className="flex flex-col gap-5">
      <div>
        <p className="flex items-center gap-2">
          <Swatch kind={kindOf(row)} />
          {describeCounts(row)}
        </p>
        <div className="mt-2 flex h-3">
          <Shares counts={row} />
        </div>
        <Reasons row={row} />
        {row.pending > 0 && sourceOutage !== null && <p className="mt-2 text-xs text-ink-2">{sourceOutage}.</p>}
      </div>
      <Facts row={row} symbol={symbol} timeframe={timeframe} timezone={timezone} />
      {row.quality && <Quality quality={row.quality} />}
      <Compared symbol={symbol} session={row.session} />
      <section className="border-t border-rule pt-4">
        <h3 className="mb-2 font-semibold">Backfill this session</h3>
        <BackfillSteps request={request} />
      </section>
    </div>
  );
}

function Reasons({ row: { reasons } }: { row: CoverageSession }) {
  const known = Object.entries(reasons);
  if (known.length === 0) return null;
  return (
    <ul className="mt-2 text-xs text-ink-2">
      {known.map(([reason, count]) => (
        <li key={reason}>
          {barsOf(count)}: {reasonText(reason)}
        </li>
      ))}
    </ul>
  );
}

function Facts({
  row,
  symbol,
  timeframe,
  timezone,
}: {
  row: CoverageSession;
  symbol: string;
  timeframe: StoredTimeframe;
  timezone: string;
}) {
  const { firstPending, nextAttemptAt, attempts, verifiedAt, hash } = row;
  const now = useWallNow();
  const age = (instant: string) => (now === null ? NONE : `${formatAge(now - Date.parse(instant))} ago`);
  const isDate = isDated(timeframe);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1">
      {firstPending !== null && (
        <Fact name="first pending bar">
          {isDate ? nameOfDate(firstPending.slice(0, 10)) : clockOf(firstPending, timezone)}{' '}
          <a
            className="link target text-xs text-ink-2"
            href={`${API_URL}/api/lineage/${encodeURIComponent(symbol)}/${timeframe}/${firstPending}`}
            target="_blank"
            rel="noreferrer"
          >
            Lineage
          </a>
        </Fact>
      )}
      {row.pending > 0 && (
        <Fact name="next attempt">
          <NextAttempt at={nextAttemptAt} now={now} />
        </Fact>
      )}
      <Fact name="attempts with gaps">{formatCount(attempts)}</Fact>
      <Fact name="verified">{verifiedAt === null ? 'not yet in full' : age(verifiedAt)}</Fact>
      <Fact name="hash">
        {hash === null ? NONE : <code className="font-mono text-2xs break-all text-ink-2">{hash}</code>}
      </Fact>
    </dl>
  );
}

/** Both by the wall clock; `now` in epoch ms. */
function NextAttempt({ at, now }: { at: string | null; now: number | null }) {
  if (at === null) return <>in the next run</>;
  if (now === null) return <>{NONE}</>;
  const left = Date.parse(at) - now;
  return <>{left > 0 ? `in ${formatCountdown(left)}` : 'due now, in the next heal_gaps run'}</>;
}

const clockOf = (instant: string, timezone: string): string =>
  `${formatTime(instant, 'minute', timezone)} ${zoneName(Date.parse(instant), timezone)}`;

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd>{children}</dd>
  </>
);

/** How the sources of the asset agree on this session; nothing if it has one source. */
function Compared({ symbol, session }: { symbol: string; session: string }) {
  const { data: comparisons = [] } = useQuery(comparisonsQuery(symbol, session));
  const nameOf = useProviderName();
  if (comparisons.length === 0) return null;
  return (
    <section>
      <h3 className="font-semibold">Agreement of sources</h3>
      <ul className="divide-y divide-rule">
        {comparisons.map((one) => (
          <li key={comparisonName(one)} className="py-1">
            <a className="link target" href={comparisonUrl(one)}>
              {nameOf(one.source)} and {nameOf(one.other)}, {one.timeframe}
            </a>{' '}
            <Finding comparison={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const VALUES = ['open', 'high', 'low', 'close', 'volume'] as const;

function Quality({ quality }: { quality: NonNullable<CoverageSession['quality']> }) {
  return (
    <section>
      <h3 className="font-semibold">Daily bar aggregated from minutes</h3>
      <p className="label">
        compared with the provider’s daily bar; {formatCount(quality.minutes)} of {formatCount(quality.expected)}{' '}
        minutes
      </p>
      <table className="mt-1 w-full table-fixed text-right">
        <thead>
          <tr className="label *:font-normal">
            {VALUES.map((value) => (
              <th key={value} scope="col">
                {value}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            {VALUES.map((value) => (
              <td key={value}>{differenceText(quality[value])}</td>
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  );
}

/** @param fraction minutes ÷ day − 1 */
const differenceText = (fraction: number | null): string =>
  fraction === null ? NONE : fraction === 0 ? 'equal' : formatPercent(fraction * 100);
