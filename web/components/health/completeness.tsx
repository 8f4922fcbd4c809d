'use client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isOneOf, type Vocabulary } from '../../lib/address';
import { useClosures } from '../../lib/api/closures';
import { coverageMatrixQuery } from '../../lib/api/health-queries';
import { assetsQuery } from '../../lib/api/queries';
import type { Asset, StoredTimeframe } from '../../lib/api/types';
import { isDate } from '../../lib/time';
import { STORED_TIMEFRAMES } from '../../lib/timeframes';
import { useUrlState } from '../../lib/url-state';
import { Choice } from '../ui/choice';
import { Frame, Panel } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { UnknownNote } from '../ui/unknown-note';
import { HeatMap, seriesName, type FirstBars } from './heat-map';
import { SessionSheet } from './session-sheet';

const TIMEFRAMES: readonly { value: StoredTimeframe | 'live'; name: string }[] = [
  { value: 'live', name: 'Live' },
  ...STORED_TIMEFRAMES.map((value) => ({ value, name: value })),
];

const SESSIONS = [
  { value: '30', name: '30' },
  { value: '60', name: '60' },
  { value: '120', name: '120' },
] as const;

const [{ value: DEFAULT_SESSIONS }] = SESSIONS;

const TITLE = 'Completeness';
const LIVE_NOTE = 'shortest timeframe of each asset';
/** The assets tracked after the first start. */
const SKELETON_ROWS = 11;

const VOCABULARY: Vocabulary = {
  timeframe: isOneOf(TIMEFRAMES.map(({ value }) => value)),
  sessions: isOneOf(SESSIONS.map(({ value }) => value)),
  session: isDate,
};

const oneOf = <T extends string>(options: readonly { value: T }[], text: string | null): T =>
  options.find(({ value }) => value === text)?.value ?? options[0]!.value;

/** The open of the first bar of each series; null while it has none. */
const firstBarsOf = (assets: readonly Asset[]): FirstBars =>
  new Map(
    assets.flatMap(({ symbol, timeframes }) =>
      timeframes.map(({ timeframe, firstBar }) => [seriesName(symbol, timeframe), firstBar] as const),
    ),
  );

/** The heat map, and the session named in the URL. */
export function Completeness() {
  const [params, change] = useUrlState();
  const timeframe = oneOf(TIMEFRAMES, params.get('timeframe'));
  const sessions = oneOf(SESSIONS, params.get('sessions'));
  const stored = timeframe === 'live' ? null : timeframe;
  const query = useQuery(coverageMatrixQuery(stored, Number(sessions)));
  const { data: assets } = useQuery(assetsQuery);
  const closures = useClosures((assets ?? []).map(({ exchange }) => exchange));
  const known = useMemo(() => ({ firstBars: firstBarsOf(assets ?? []), closures }), [assets, closures]);
  const symbolIn = (text: string) => assets?.find((asset) => asset.symbol === text.toUpperCase())?.symbol;
  const [symbol, session] = [symbolIn(params.get('symbol') ?? ''), params.get('session')];
  const vocabulary = { ...VOCABULARY, symbol: (text: string) => !assets || symbolIn(text) !== undefined };

  return (
    <>
      <UnknownNote parameters={params} vocabulary={vocabulary} onRemove={(patch) => change(patch, 'replace')} />
      <Panel
        title={TITLE}
        note={timeframe === 'live' ? LIVE_NOTE : `${timeframe} bars`}
        actions={<Choices timeframe={timeframe} sessions={sessions} onChange={(patch) => change(patch, 'replace')} />}
        query={query}
        stateClassName="h-[23.75rem]"
        skeleton={<Cells />}
        isEmpty={(matrix) => matrix.sessions.length === 0}
        empty={
          <Empty title="No bars stored yet">
            The first backfill fetches the full history of each provider; the heat map fills as it runs.
          </Empty>
        }
      >
        {(matrix) => (
          <HeatMap matrix={matrix} known={known} onOpen={(asset, date) => change({ symbol: asset, session: date })} />
        )}
      </Panel>
      {symbol !== undefined && session !== null && isDate(session) && (
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
        <span className="label max-sm:hidden print:hidden">Sessions</span>
        <Choice
          label="Sessions"
          options={SESSIONS}
          value={sessions}
          onChange={(value) => onChange({ sessions: value === DEFAULT_SESSIONS ? null : value })}
        />
      </span>
    </div>
  );
}

/** As large as the heat map after the first start. */
const Cells = () => (
  <div className="pt-9">
    {Array.from({ length: SKELETON_ROWS }, (_, i) => (
      <SkeletonBlock key={i} className="mt-0.5 h-6" />
    ))}
    <div className="h-11 max-sm:h-[5.5rem]" />
  </div>
);

export const CompletenessSkeleton = () => (
  <Frame
    title={TITLE}
    note={LIVE_NOTE}
    actions={<Choices timeframe="live" sessions={DEFAULT_SESSIONS} onChange={() => undefined} />}
  >
    <div aria-busy="true">
      <Cells />
    </div>
  </Frame>
);
