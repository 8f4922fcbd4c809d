'use client';
import { useQuery } from '@tanstack/react-query';
import { coverageMatrixQuery } from '../../lib/api/health-queries';
import type { StoredTimeframe } from '../../lib/api/types';
import { useUrlState } from '../../lib/url-state';
import { Choice } from '../ui/choice';
import { Frame, Panel } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { HeatMap } from './heat-map';
import { SessionSheet } from './session-sheet';

const TIMEFRAMES = [
  { value: 'live', name: 'Live' },
  { value: '1m', name: '1m' },
  { value: '1d', name: '1d' },
  { value: '30m', name: '30m' },
  { value: '4h', name: '4h' },
  { value: '4d', name: '4d' },
] as const satisfies readonly { value: StoredTimeframe | 'live'; name: string }[];

const SESSIONS = [
  { value: '30', name: '30' },
  { value: '60', name: '60' },
  { value: '120', name: '120' },
] as const;

const TITLE = 'Completeness';
const USUAL_NOTE = 'each asset in its shortest bars';
/** Of a first start: what is tracked then. */
const USUAL_ASSETS = 11;

const among = <T extends string>(options: readonly { value: T }[], text: string | null): T =>
  options.find(({ value }) => value === text)?.value ?? options[0]!.value;

/** The heat map, and the session that the URL names. */
export function Completeness() {
  const [params, change] = useUrlState();
  const timeframe = among(TIMEFRAMES, params.get('timeframe'));
  const sessions = among(SESSIONS, params.get('sessions'));
  const stored = timeframe === 'live' ? null : timeframe;
  const query = useQuery(coverageMatrixQuery(stored, Number(sessions)));
  const [symbol, session] = [params.get('symbol'), params.get('session')];

  return (
    <>
      <Panel
        title={TITLE}
        note={timeframe === 'live' ? USUAL_NOTE : `${timeframe} bars`}
        actions={<Choices timeframe={timeframe} sessions={sessions} onChange={(patch) => change(patch, 'replace')} />}
        query={query}
        stateClassName="h-[23.75rem]"
        skeleton={<Cells />}
        isEmpty={(matrix) => matrix.sessions.length === 0}
        empty={
          <Empty title="Nothing is stored yet">
            The first backfill brings all that the providers reach; this fills while it runs.
          </Empty>
        }
      >
        {(matrix) => <HeatMap matrix={matrix} onOpen={(asset, date) => change({ symbol: asset, session: date })} />}
      </Panel>
      {symbol !== null && session !== null && /^\d{4}-\d\d-\d\d$/.test(session) && (
        <SessionSheet
          key={`${symbol} ${session}`}
          symbol={symbol}
          timeframe={stored}
          session={session}
          onClose={() => change({ symbol: null, session: null })}
        />
      )}
    </>
  );
}

function Choices({
  timeframe,
  sessions,
  onChange,
}: {
  timeframe: (typeof TIMEFRAMES)[number]['value'];
  sessions: (typeof SESSIONS)[number]['value'];
  onChange: (patch: Record<string, string | null>) => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-4">
      <Choice
        label="Timeframe"
        options={TIMEFRAMES}
        value={timeframe}
        onChange={(value) => onChange({ timeframe: value === 'live' ? null : value })}
      />
      <span className="flex items-center gap-1">
        <span className="label max-sm:hidden">Sessions</span>
        <Choice
          label="Sessions"
          options={SESSIONS}
          value={sessions}
          onChange={(value) => onChange({ sessions: value === '30' ? null : value })}
        />
      </span>
    </div>
  );
}

/** As large as the heat map of a first start. */
const Cells = () => (
  <div className="pt-9">
    {Array.from({ length: USUAL_ASSETS }, (_, i) => (
      <SkeletonBlock key={i} className="mt-0.5 h-6" />
    ))}
    <div className="h-11 max-sm:h-[5.5rem]" />
  </div>
);

export const CompletenessSkeleton = () => (
  <Frame
    title={TITLE}
    note={USUAL_NOTE}
    actions={<Choices timeframe="live" sessions="30" onChange={() => undefined} />}
  >
    <div aria-busy="true">
      <Cells />
    </div>
  </Frame>
);
