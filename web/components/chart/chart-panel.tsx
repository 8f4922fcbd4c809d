'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useCallback, useMemo, useState } from 'react';
import { assetsQuery, barsQuery } from '../../lib/api/queries';
import type { Asset, Bars } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { priceDigits } from '../../lib/format';
import { RANGE_NAMES, RANGES, type RangeName } from '../../lib/ranges';
import { useSourceName } from '../../lib/source-name';
import { themeColors, useTheme } from '../../lib/theme';
import { usePageKeys } from '../../lib/use-page-keys';
import { useUrlState } from '../../lib/url-state';
import { cx } from '../ui/cx';
import { QueryResult, Frame } from '../ui/panel';
import { SkeletonBlock, SkeletonText } from '../ui/skeleton';
import { StaleNote } from '../ui/states';
import { AddressNote } from '../ui/unknown-note';
import { latestOf, MINUTE_MS } from './as-of';
import { BarActions } from './bar-actions';
import { BarsTable } from './bars-table';
import type { ChartCanvas as Canvas } from './chart-canvas';
import { ChartDialogs, type ChartDialog } from './chart-dialogs';
import { ChartFooter } from './chart-footer';
import { ChartNotes } from './chart-notes';
import { Cursor } from './cursor';
import type { Look } from './look';
import { NoBars } from './no-bars';
import { QuoteLine, QuoteLineSkeleton } from './quote-line';
import { Segments } from './segments';
import { readChartState, writeChartState, type ChartState, type View } from './state';
import { barName } from './story-bar';
import { Toolbar, ToolbarSkeleton } from './toolbar';
import { useChartData, type ChartData } from './use-chart-data';
import { useStoryBar } from './use-story-bar';
import { hasVolume } from './volume';

const BODY =
  'relative h-[28rem] max-h-[calc(100dvh-6rem)] min-h-60 border-t border-rule print:max-h-none lg:max-h-none lg:h-auto lg:min-h-[20rem] lg:flex-1';

/** On a wide screen the chart with its volume and time axis fits the window, and stays there while a long list scrolls. */
const FRAME =
  'flex scroll-mt-24 flex-col md:scroll-mt-12 lg:sticky lg:top-14 lg:h-[calc(100dvh-17.5rem)] lg:min-h-[34rem] lg:self-start print:static print:mt-8 print:h-[34rem]';

const RETRY_AFTER_MS = 2_000;
const MAX_TRIES = 15;

/** Retries while the server is unreachable. A chunk that is gone for good ends on the error page. */
async function loadCanvas(triesLeft = MAX_TRIES): Promise<typeof Canvas> {
  try {
    return (await import('./chart-canvas')).ChartCanvas;
  } catch (error) {
    if (triesLeft === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    return loadCanvas(triesLeft - 1);
  }
}

/** lightweight-charts is most of this page's JavaScript: it loads after the rest. */
const ChartCanvas = dynamic(() => loadCanvas(), {
  ssr: false,
  loading: () => <ChartSkeleton />,
});

const AsOfRow = dynamic(() => import('./as-of-row').then((module) => module.AsOfRow), {
  ssr: false,
  loading: QuoteLineSkeleton,
});

interface Props {
  asset: Asset;
  range: RangeName;
  onRange: (range: RangeName) => void;
}

/** The chart of an asset over a range. Its settings live in the URL. */
export function ChartPanel(props: Props) {
  const [parameters] = useUrlState();
  const now = useWallNow(MINUTE_MS);
  // whether an instant has passed is not known yet
  if (now === null && parameters.has('asOf')) return <ChartPanelSkeleton range={props.range} />;
  return <KnownChart {...props} latest={latestOf(now ?? 0)} />;
}

/** @param latest the latest instant that it can show the store at, epoch ms */
function KnownChart({ asset, range, onRange, latest }: Props & { latest: number }) {
  const [parameters, change] = useUrlState();
  const state = useMemo(() => readChartState(parameters, asset, latest), [parameters, asset, latest]);
  const update = useCallback((part: Partial<ChartState>) => change(writeChartState(part), 'replace'), [change]);
  const data = useChartData(asset, range, state);
  const { query, studies, pending, live } = data;
  const { data: assets = [] } = useQuery(assetsQuery);
  const look = useLook(asset, state, studies.shown, query.data);
  const [dialog, setDialog] = useState<ChartDialog | null>(null);
  const openBar = useCallback((bar: string | null) => change({ bar }, 'replace'), [change]);
  const chooseRange = (name: RangeName) => {
    // a timeframe chosen for another range rarely fits this one
    update({ timeframe: null });
    onRange(name);
  };
  const named = useStoryBar(asset, parameters.get('bar'), state.source, data);
  useChartKeys(state, update, chooseRange, setDialog);

  const shown = query.isPlaceholderData ? undefined : query.data;
  const { asOf, source } = state;
  const chart = { asset, range: RANGES[range], bars: shown, asOf, source };
  const name = [asset.symbol, range, state.timeframe].filter(Boolean).join(' · ');
  return (
    <Frame
      id="chart"
      className={FRAME}
      title={<Title asset={asset} range={range} bars={query.data} />}
      actions={
        <>
          {query.data !== undefined && query.isError && (
            <StaleNote updatedAt={query.dataUpdatedAt} retry={() => void query.refetch()} />
          )}
          <RangeChoice asset={asset} range={range} onRange={chooseRange} />
        </>
      }
    >
      {state.asOf === null ? (
        <QuoteLine asset={asset} bars={shown} range={range} />
      ) : (
        <AsOfRow asOf={state.asOf} onChange={(asOf) => update({ asOf })} />
      )}
      <Toolbar
        asset={asset}
        assets={assets}
        state={state}
        studies={studies.all}
        timeframe={query.data?.timeframe}
        onChange={update}
        onRenamed={(symbol) => change({ symbol }, 'replace')}
        actions={<BarActions chart={chart} range={range} onDialog={setDialog} />}
      />
      <ChartNotes {...{ asset, data, shown, source, latest }} onChange={update} />
      {named.problem !== null && (
        <AddressNote onRemove={() => openBar(null)}>The address names a bar, but {named.problem}.</AddressNote>
      )}
      <ChartBody {...{ asset, data, look, name }} view={state.view} isPast={state.asOf !== null} onOpen={openBar} />
      <ChartFooter bars={query.data} live={state.asOf === null ? live : 'past'} pending={pending} />
      <ChartDialogs
        {...{ asset, range, state, data, dialog }}
        story={named.bar}
        onBar={openBar}
        onClose={() => setDialog(null)}
      />
    </Frame>
  );
}

function Title({ asset, range, bars }: { asset: Asset; range: RangeName; bars: Bars | undefined }) {
  const nameOf = useSourceName();
  return (
    <>
      {asset.symbol} · {range} · {bars ? nameOf(bars.meta.source) : <SkeletonText chars={13} />}
    </>
  );
}

function useChartKeys(
  { view }: ChartState,
  update: (change: Partial<ChartState>) => void,
  onRange: (range: RangeName) => void,
  onDialog: (dialog: ChartDialog) => void,
): void {
  usePageKeys({
    '?': () => onDialog('keys'),
    c: () => document.querySelector<HTMLElement>('#chart [role="application"]')?.focus(),
    t: () => update({ view: view === 'table' ? 'chart' : 'table' }),
    ...Object.fromEntries(RANGE_NAMES.map((name, i) => [String(i + 1), () => onRange(name)])),
  });
}

/** The chart or the table, in all its states. */
function ChartBody({
  asset,
  data: { query, model },
  look,
  name,
  view,
  isPast,
  onOpen,
}: {
  asset: Asset;
  data: ChartData;
  look: Look | null;
  name: string;
  view: View;
  isPast: boolean;
  /** Opens the story of a bar. @param time ISO 8601 */
  onOpen: (time: string) => void;
}) {
  const [cursor] = useState(() => new Cursor());
  return (
    <div className={cx(BODY, query.isPlaceholderData && 'opacity-50')} aria-busy={query.isPlaceholderData}>
      <QueryResult
        query={query}
        skeleton={<ChartSkeleton />}
        stateClassName="absolute inset-0"
        isEmpty={({ bars }) => bars.length === 0}
        empty={query.data && <NoBars asset={asset} bars={query.data} isPast={isPast} />}
      >
        {() => {
          if (!model || !look) return <ChartSkeleton />;
          const open = (index: number) => onOpen(barName(model, index));
          const shown = { model, look, name, onOpen: open };
          return view === 'table' ? <BarsTable {...shown} /> : <ChartCanvas {...shown} cursor={cursor} />;
        }}
      </QueryResult>
    </div>
  );
}

/** How the model is drawn; null until the theme is known. The same object until something in it changes. */
function useLook(
  asset: Asset,
  { type, scale }: ChartState,
  studies: Look['studies'],
  bars: Bars | undefined,
): Look | null {
  const theme = useTheme();
  const digits = priceDigits(bars?.bars.at(-1)?.close ?? 1, asset.kind);
  const withVolume = useMemo(() => bars === undefined || hasVolume(bars), [bars]);
  return useMemo(
    () => theme && { type, scale, studies, hasVolume: withVolume, digits, colors: themeColors() },
    [theme, type, scale, studies, withVolume, digits],
  );
}

function RangeChoice({
  asset,
  range,
  onRange,
}: {
  asset?: Asset;
  range: RangeName;
  onRange?: (range: RangeName) => void;
}) {
  const client = useQueryClient();
  return (
    <Segments
      label="Range"
      choices={RANGE_NAMES.map((value) => ({ value, content: value }))}
      value={range}
      onChange={onRange}
      onIntent={(name) =>
        asset &&
        void client.prefetchQuery(
          barsQuery(asset, { range: RANGES[name], timeframe: undefined, asOf: null, source: null }),
        )
      }
      className="sm:px-2"
    />
  );
}

const ChartSkeleton = () => (
  <div aria-busy="true">
    <SkeletonBlock className="absolute inset-0 my-3 opacity-40" />
  </div>
);

export function ChartPanelSkeleton({ range }: { range: RangeName }) {
  return (
    <Frame title="Chart" className={FRAME} actions={<RangeChoice range={range} />}>
      <QuoteLineSkeleton />
      <ToolbarSkeleton />
      <div className={BODY}>
        <ChartSkeleton />
      </div>
      <ChartFooter bars={undefined} live="connecting" pending={undefined} />
    </Frame>
  );
}
