import { QueryClient } from '@tanstack/react-query';
import { includeOf, fits, studiesOf } from '../components/chart/studies';
import { agreementQuery, comparisonsQuery, latestFindingQuery } from '../lib/api/agreement-queries';
import { alertRulesQuery, openAlertsQuery, recentAlertsQuery } from '../lib/api/alert-queries';
import {
  actionsQuery,
  barsBetweenQuery,
  formingQuery,
  indicatorListQuery,
  indicatorsQuery,
  lineageQuery,
  pendingQuery,
  revisedQuery,
  sessionHoursQuery,
} from '../lib/api/chart-queries';
import { closuresQuery } from '../lib/api/closures';
import {
  backfillQuery,
  backfillsQuery,
  coverageMatrixQuery,
  coverageSummaryQuery,
  providersQuery,
  quarantineQuery,
  revisionsQuery,
  sessionCoverageQuery,
} from '../lib/api/health-queries';
import {
  allRunsQuery,
  assetsQuery,
  barsQuery,
  latestBackfillQuery,
  latestQuery,
  marketsQuery,
  runningBackfillsQuery,
  runQuery,
  runsQuery,
  schedulesQuery,
  statusQuery,
  timelineQuery,
  type BarsView,
} from '../lib/api/queries';
import type { Asset, Bars, Comparison, Timeframe } from '../lib/api/types';
import { dayAfter } from '../lib/coverage-view';
import { RANGES } from '../lib/ranges';
import { FILTERS } from '../lib/run-filter';
import { TIMELINE_CHOICES } from '../lib/timeline-view';
import { barLength, comparableTimeframe, isDated, STORED_TIMEFRAMES, timeframesOf } from '../lib/timeframes';

/** As many rows as the panels ask for; look.ts tells if one asks for another number. */
const ROWS = { latestRuns: 6, paletteRuns: 20, backfills: 3, quarantine: 5, revisions: 5, agreement: 5 } as const;
const SESSIONS = [30, 60, 120] as const;
/** Pages of a list that are recorded. */
const PAGES = 20;
/** Bars of a chart whose story is recorded, from the newest one on. */
const STORIES = 20;
/** Ranges over which each source of an asset is recorded alone. */
const BY_SOURCE: readonly BarsView['range'][] = ['1d', '5d', '1mo'];
/** Requests at a time. */
const AT_ONCE = 4;

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: 2, networkMode: 'always' } },
});
const get: typeof client.fetchQuery = (options) => client.fetchQuery(options);
const getPages: typeof client.fetchInfiniteQuery = (options) => client.fetchInfiniteQuery(options);

async function each<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const next = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

/** Asks for everything that the pages ask for, what changes every second last. */
export async function walk(): Promise<void> {
  const assets = await get(assetsQuery);
  await charts(assets);
  await health(assets);
  await runs();
  await Promise.all([get(openAlertsQuery), get(recentAlertsQuery), get(alertRulesQuery)]);
  const { markets } = await get(marketsQuery);
  await each(markets, ({ mic }) => get(closuresQuery(mic)));
  await Promise.all([get(latestQuery), get(providersQuery), get(schedulesQuery), get(statusQuery)]);
}

/** The charts of all assets over all ranges, the shortest range last. */
async function charts(assets: readonly Asset[]): Promise<void> {
  const starts = new Map<Timeframe, string>();
  for (const range of Object.values(RANGES).reverse())
    await each(assets, async (asset) => {
      const view: BarsView = { range, asOf: null, source: null };
      const shown = await chart(asset, view);
      const start = shown.bars[0]?.time;
      if (start === undefined) return;
      for (const other of assets) {
        const timeframe = comparableTimeframe(other, shown.timeframe);
        if (start < (starts.get(timeframe) ?? '9')) starts.set(timeframe, start);
      }
      // in the timeframe of the range, and in longer ones
      const longer = timeframesOf(asset).filter((one) => barLength(one) >= barLength(shown.timeframe));
      for (const timeframe of longer) await chart(asset, { ...view, timeframe });
      if (asset.sources.length > 1 && BY_SOURCE.includes(range))
        for (const { provider } of asset.sources) await chart(asset, { ...view, source: provider });
    });
  await each(assets, async (asset) => {
    for (const timeframe of timeframesOf(asset)) {
      const start = starts.get(timeframe);
      if (start !== undefined)
        await get(barsBetweenQuery(asset, { timeframe, start, end: null, asOf: null, source: null }));
    }
    await Promise.all([get(latestFindingQuery(asset.symbol)), get(actionsQuery(asset))]);
  });
}

async function chart(asset: Asset, view: BarsView): Promise<Bars> {
  const shown = await get(barsQuery(asset, view));
  const { timeframe, bars, meta } = shown;
  const studies = studiesOf(await get(indicatorListQuery)).filter((study) => fits(study, timeframe));
  await get(indicatorsQuery(asset, view, includeOf(studies)));
  const first = bars[0]?.time;
  if (first === undefined) return shown;
  const base: Timeframe = meta.rolledUpFrom ?? timeframe;
  await get(pendingQuery(asset, base, first.slice(0, 10), view.source));
  await get(revisedQuery(asset, base, meta.sources[0]?.provider));
  await get(formingQuery(asset, timeframe));
  const told = view.source === null && base === timeframe ? bars.slice(-STORIES) : [];
  for (const { time } of told) await get(lineageQuery(asset, timeframe, time, null));
  return shown;
}

async function health(assets: readonly Asset[]): Promise<void> {
  await get(coverageSummaryQuery);
  for (const timeframe of [null, ...STORED_TIMEFRAMES])
    for (const sessions of SESSIONS) await get(coverageMatrixQuery(timeframe, sessions));
  const matrix = await get(coverageMatrixQuery(null, SESSIONS[0]));
  const cells = matrix.assets.flatMap(({ symbol }) => matrix.sessions.map((session) => ({ symbol, session })));
  await each(cells, async ({ symbol, session }) => {
    await get(sessionCoverageQuery(symbol, null, session));
    for (const comparison of await get(comparisonsQuery(symbol, session)))
      await compared(
        assets.find((asset) => asset.symbol === symbol)!,
        comparison,
      );
  });
  for (const filter of [{}, ...(['open', 'released', 'dismissed', 'stored'] as const).map((state) => ({ state }))])
    await getPages({ ...quarantineQuery(filter, ROWS.quarantine), pages: PAGES });
  await getPages({ ...revisionsQuery(ROWS.revisions), pages: PAGES });
  for (const symbol of [null, ...assets.map((asset) => asset.symbol)])
    await getPages({ ...agreementQuery(symbol, ROWS.agreement), pages: PAGES });
}

/** What the comparison of two sources shows. */
async function compared(asset: Asset, { session, timeframe, source, other }: Comparison): Promise<void> {
  const hours = await get(sessionHoursQuery(asset.exchange, session));
  if (hours === null && !isDated(timeframe)) return;
  const { open: start, close: end } =
    hours === null || isDated(timeframe) ? { open: session, close: dayAfter(session) } : hours;
  for (const one of [source, other])
    await get(barsBetweenQuery(asset, { timeframe, start, end, asOf: null, source: one }));
}

async function runs(): Promise<void> {
  const filters = [
    {},
    ...FILTERS.pipeline.map((pipeline) => ({ pipeline })),
    ...FILTERS.status.map((status) => ({ status })),
    ...FILTERS.trigger.map((trigger) => ({ trigger })),
  ];
  for (const filter of filters) {
    const { pages } = await getPages({ ...allRunsQuery(filter), pages: PAGES });
    await each(
      pages.flatMap((page) => page.runs),
      (run) => get(runQuery(run)),
    );
  }
  for (const { value } of TIMELINE_CHOICES) await get(timelineQuery(value));
  await Promise.all([get(latestBackfillQuery), get(runningBackfillsQuery)]);
  const { pages } = await getPages({ ...backfillsQuery(ROWS.backfills), pages: PAGES });
  await each(
    pages.flatMap((page) => page.backfills),
    ({ workflowId }) => get(backfillQuery(workflowId)),
  );
  for (const pipeline of FILTERS.pipeline) await get(runsQuery({ pipeline, limit: 1 }));
  await get(runsQuery({ trigger: 'initial', limit: 1 }));
  for (const limit of [ROWS.paletteRuns, ROWS.latestRuns]) await get(runsQuery({ limit }));
}
