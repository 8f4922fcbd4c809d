import { keepPreviousData, useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import {
  actionsQuery,
  barsBetweenQuery,
  formingQuery,
  indicatorListQuery,
  indicatorsQuery,
  pendingQuery,
  revisedQuery,
  type PendingSessions,
} from '../../lib/api/chart-queries';
import { assetsQuery, barsQuery } from '../../lib/api/queries';
import type { Asset, Bars, FormingBar, Timeframe } from '../../lib/api/types';
import { RANGES, type RangeName } from '../../lib/ranges';
import type { LiveState } from '../../lib/live-bars-stream';
import { comparableTimeframe, timeframeOf } from '../../lib/timeframes';
import { useLiveBars } from '../../lib/use-live-bars';
import { buildModel, type ChartModel } from './model';
import { pendingTimes } from './pending-times';
import type { ChartState } from './state';
import { fits, includeOf, studiesOf, type Study } from './studies';

export interface ChartData {
  /** The asset's bars; while another range loads, those of the previous range (`isPlaceholderData`). */
  query: UseQueryResult<Bars>;
  /** Null while there are no bars. */
  model: ChartModel | null;
  /** All studies, and those that are shown; incomplete until the API's list is known. */
  studies: { all: readonly Study[]; shown: readonly Study[]; isComplete: boolean };
  /** The assets compared with. */
  compared: readonly Asset[];
  pending: PendingSessions | undefined;
  live: LiveState;
}

const POLLING_MS = 5_000;
const POLLING = { refetchInterval: POLLING_MS } as const;
/** Until the bars are loaded; every query that uses it waits for them. */
const FALLBACK_TIMEFRAME = '1d';
const NOTHING_PENDING = { sessions: [], hours: [] };

/** The data of a chart, and how they arrive. */
export function useChartData(asset: Asset, range: RangeName, state: ChartState): ChartData {
  const { data: assets = [] } = useQuery(assetsQuery);
  const compared = state.compare.flatMap((symbol) => assets.find((other) => other.symbol === symbol) ?? []);
  const live = useLiveBars([asset, ...compared]);
  const { asOf } = state;
  const isNow = asOf === null;
  const polling = live === 'polling' && isNow ? POLLING : {};

  const view = { range: RANGES[range], timeframe: timeframeOf(asset, state.timeframe), asOf, source: state.source };
  const query = useQuery({
    ...barsQuery(asset, view),
    ...polling,
    placeholderData: (before) => (before?.symbol === asset.symbol ? before : undefined),
  });
  const bars = query.data;
  const shownTimeframe = bars?.timeframe;

  const { data: registry } = useQuery(indicatorListQuery);
  const all = useMemo(() => studiesOf(registry ?? []), [registry]);
  const shown = useMemo(
    () => all.filter((study) => state.studies.includes(study.id) && (!shownTimeframe || fits(study, shownTimeframe))),
    [all, state.studies, shownTimeframe],
  );
  const { data: indicators } = useQuery({
    ...indicatorsQuery(asset, view, includeOf(shown)),
    ...polling,
    enabled: shown.length > 0,
    placeholderData: keepPreviousData,
  });

  const others = useQueries({
    queries: compared.map((other) => ({
      ...barsBetweenQuery(other, {
        timeframe: comparableTimeframe(other, bars?.timeframe ?? FALLBACK_TIMEFRAME),
        start: firstTime(bars),
        ...{ end: null, asOf, source: null },
      }),
      ...polling,
      enabled: bars !== undefined && bars.bars.length > 0,
    })),
    combine: dataOf,
  });

  const { data: actions } = useQuery({ ...actionsQuery(asset), enabled: asset.assetClass === 'stock' });
  const base: Timeframe = bars?.meta.rolledUpFrom ?? bars?.timeframe ?? FALLBACK_TIMEFRAME;
  const present = usePresent(asset, isNow && !query.isPlaceholderData ? bars : undefined, base, state.source);

  const model = useMemo(() => {
    if (!bars || bars.bars.length === 0) return null;
    return buildModel({
      bars,
      forming: present.forming,
      indicators: indicators ?? [],
      columns: shown.flatMap(({ lines }) => lines.map(({ column }) => column)),
      compared: others,
      pending: pendingIn(bars, base, present.pending ?? NOTHING_PENDING),
      revised: present.revised,
      actions,
    });
  }, [bars, present, indicators, shown, others, base, actions]);

  return {
    query,
    model,
    studies: { all, shown, isComplete: registry !== undefined },
    compared,
    pending: present.pending,
    live,
  };
}

interface Present {
  pending: PendingSessions | undefined;
  revised: readonly string[];
  forming: FormingBar | null;
}
const NOTHING_REVISED: readonly string[] = [];

/**
 * What is known only of the present.
 * @param bars undefined while they are loading, or if they are of the past
 * @param source the one shown alone, by its id; null = all, as served
 */
function usePresent(asset: Asset, bars: Bars | undefined, base: Timeframe, source: string | null): Present {
  const enabled = bars !== undefined && bars.bars.length > 0;
  const { data: pending } = useQuery({ ...pendingQuery(asset, base, firstTime(bars).slice(0, 10), source), enabled });
  const { data: revised = NOTHING_REVISED } = useQuery({
    ...revisedQuery(asset, base, bars?.meta.sources[0]?.provider),
    enabled,
  });
  const timeframe = bars?.timeframe ?? FALLBACK_TIMEFRAME;
  const { data: forming = null } = useQuery({ ...formingQuery(asset, timeframe), enabled });
  return useMemo(
    () => (enabled ? { pending, revised, forming } : { pending: undefined, revised: NOTHING_REVISED, forming: null }),
    [enabled, pending, revised, forming],
  );
}

const EPOCH = '1970-01-01T00:00:00Z';
const firstTime = (bars: Bars | undefined): string => bars?.bars[0]?.time ?? EPOCH;

const dataOf = (results: UseQueryResult<Bars>[]): Bars[] => results.flatMap(({ data }) => data ?? []);

const pendingIn = (bars: Bars, base: Timeframe, { sessions, hours }: PendingSessions): number[] =>
  pendingTimes({
    timeframe: bars.timeframe,
    base,
    sessions,
    hours: new Map(hours.map((known) => [known.session, known])),
    shown: new Set(bars.bars.map(({ time }) => Date.parse(time))),
    incomplete: bars.meta.incomplete?.map(({ time }) => Date.parse(time)) ?? [],
  });
