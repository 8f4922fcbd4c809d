'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { providersQuery } from '../../lib/api/health-queries';
import type { Provider } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { counted, formatCount, formatCountdown, formatDuration, NONE } from '../../lib/format';
import { monthPassed, viewProvider } from '../../lib/health-view';
import { useSourceName } from '../../lib/source-name';
import { formatTime } from '../../lib/time';
import { Ago } from '../ui/ago';
import { Panel } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { CurrentState } from '../ui/current-state';
import { CallStrip } from './call-strip';

const ONE_PERCENT = 0.01;
const SKELETON_ROWS = [0, 1];
const HEIGHT = 'min-h-[11.25rem] max-sm:min-h-[15.5rem]';

/** The health of the providers, what blocks requests to them, and their quotas. */
export function Providers() {
  const query = useQuery(providersQuery);
  return (
    <Panel
      title="Providers"
      note="requests in the last hour"
      query={query}
      stateClassName="h-[23rem]"
      skeleton={
        <div className="divide-y divide-rule">
          {SKELETON_ROWS.map((i) => (
            <div key={i} className={`py-3 ${HEIGHT}`}>
              <SkeletonBlock className="h-[9.75rem] max-sm:h-[14rem]" />
            </div>
          ))}
        </div>
      }
      isEmpty={({ providers }) => providers.length === 0}
      empty={<Empty title="No providers yet">The worker registers them when it starts.</Empty>}
    >
      {({ providers, at }) => (
        <ul className="divide-y divide-rule">
          {providers.map((provider) => (
            <ProviderRow key={provider.provider} provider={provider} at={Date.parse(at)} isStale={query.isError} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ProviderRow({ provider, at, isStale }: { provider: Provider; at: number; isStale: boolean }) {
  const nameOf = useSourceName();
  const { lastHour, live, name, requestsPerSecond, timeframes } = provider;
  return (
    <li className={`flex flex-col gap-2 py-3 ${HEIGHT}`}>
      <div className="flex flex-wrap items-baseline gap-x-2.5">
        <h3 className="font-semibold">{nameOf(name)}</h3>
        <span className="text-2xs">
          <CurrentState view={viewProvider(provider)} isStale={isStale} />
        </span>
        <span className="label ml-auto">
          {timeframes.join(', ')} bars · max. {requestsPerSecond} requests/s
        </span>
      </div>
      <Problems provider={provider} />
      <div className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
        <div>
          <CallStrip timeline={lastHour.timeline} name={name} />
          <p className="mt-1 flex justify-between gap-4 text-xs text-ink-2">
            {resultsText(lastHour)}
            <span className="label">{lastHour.timeline.stepSeconds / 60} min per column</span>
          </p>
        </div>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] content-start gap-x-4 text-xs">
          <Fact name="Latency">
            {lastHour.medianMs === null
              ? NONE
              : `median ${formatDuration(lastHour.medianMs)}, p95 ${formatDuration(lastHour.p95Ms ?? lastHour.medianMs)}`}
          </Fact>
          <Fact name="Last success">
            {provider.lastSuccessAt === null ? 'none yet' : <Ago instant={provider.lastSuccessAt} />}
          </Fact>
          <Fact name="Newest bars">
            {counted(live.assets, 'asset')}, within {formatDuration(live.withinSeconds * 1_000)}
          </Fact>
          <Fact name="In flight">{formatCount(provider.inFlight)}</Fact>
          <Fact name="This month">
            <Quota quota={provider.quota} at={at} />
          </Fact>
        </dl>
      </div>
      <LastError error={provider.lastError} />
    </li>
  );
}

/** What blocks requests to the provider, and until when. */
function Problems({ provider: { blocked, outage, failures, live } }: { provider: Provider }) {
  const now = useWallNow();
  return (
    <>
      {blocked && (
        <p className="border-l-2 border-down pl-3 text-xs">
          <span className="text-down">
            Requests blocked{now !== null && ` for ${formatCountdown(Date.parse(blocked.until) - now)}`}
          </span>
          {blocked.reason && <span className="text-ink-2">: {blocked.reason}</span>}
        </p>
      )}
      {outage && (
        <p className="border-l-2 border-down pl-3 text-xs">
          <span className="text-down">Outage since {formatTime(outage.since, 'minute', 'UTC')} UTC</span>
          <span className="text-ink-2"> ({outage.symptom}); probing with one request at a time</span>
        </p>
      )}
      {!live.keepsUp && (
        <p className="text-xs text-warn">
          One run cannot request all {formatCount(live.assets)} assets: each is requested every{' '}
          {formatDuration(live.roundSeconds * 1_000)}
        </p>
      )}
      {failures > 0 && !blocked && (
        <p className="text-xs text-warn">{counted(failures, 'request')} failed since the last success</p>
      )}
    </>
  );
}

function resultsText({ calls, byResult }: Provider['lastHour']): string {
  if (calls === 0) return 'No requests in the last hour';
  const { ok = 0, ...failed } = byResult;
  const parts = Object.entries(failed).map(([result, count]) => `${formatCount(count)} ${result}`);
  return [`${formatCount(ok)} ok`, ...parts].join(', ');
}

function Quota({ quota, at }: { quota: Provider['quota']; at: number }) {
  const { used, limit } = quota;
  if (limit === null) return <>{counted(used, 'request')}, no limit</>;
  const passed = monthPassed(quota, at);
  const isAhead = used / limit > passed;
  return (
    <>
      {formatCount(used)} of {counted(limit, 'request')}
      <span className="relative mt-1 block h-1 rounded-sm bg-rule" aria-hidden>
        <span
          className={`absolute inset-y-0 left-0 rounded-sm ${isAhead ? 'bg-warn' : 'bg-accent'}`}
          style={{ width: `${Math.min(100, (used / limit) * 100)}%` }}
        />
        <span className="absolute -inset-y-0.5 w-px bg-ink-2" style={{ left: `${passed * 100}%` }} />
      </span>
      <span className="label">
        {percentText(used / limit)} used, {percentText(passed)} of the month elapsed
      </span>
      {quota.spacing && <span className="mt-1 block text-warn">{quota.spacing}</span>}
    </>
  );
}

/** Whole percent, but never 0% for a positive fraction. */
const percentText = (fraction: number): string =>
  fraction > 0 && fraction < ONE_PERCENT ? 'under 1%' : `${Math.floor(fraction * 100)}%`;

function LastError({ error }: { error: Provider['lastError'] }) {
  if (!error) return null;
  return (
    <p className="text-xs text-ink-3">
      Last failure <Ago instant={error.at} />: {error.kind}
      {error.message && <span className="break-words text-ink-2">, “{error.message}”</span>}
    </p>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd>{children}</dd>
  </>
);
