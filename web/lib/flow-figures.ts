import type { Asset, Status } from './api/types';
import { counted, formatCount, formatCountdown, NONE } from './format';
import { sumRunCounts } from './run-counts';

/** The texts in the boxes of the architecture diagram; every number comes from the API. */
export interface FlowFigures {
  sources: { name: string; lines: string[] }[];
  /** Each pipeline with the time to its next fire. */
  schedules: [string, string][];
  steps: { name: string; line: string }[];
  stored: string;
  api: string;
}

const KINDS = { stock: ['stock', 'stocks'], crypto: ['coin', 'coins'] } as const;

/** @param wallNow epoch ms; null while it is unknown */
export function flowFigures(
  status: Status | undefined,
  assets: readonly Asset[] | undefined,
  wallNow: number | null,
): FlowFigures {
  const pipelines = status?.pipelines ?? [];
  const tracked = assets?.filter(({ status: one }) => one === 'active');
  const sums = sumRunCounts(pipelines.map(({ last24h }) => last24h));
  const sum = (key: keyof typeof sums) => (status ? formatCount(sums[key]) : NONE);
  return {
    sources: sourcesOf(pipelines, tracked).map(({ name, provider }) => ({
      name,
      lines: [
        `${status?.mode === 'sandbox' ? 'simulated, ' : ''}${trackedOf(tracked, provider)}`,
        runsOf(status, name),
      ],
    })),
    schedules: pipelines.map(({ pipeline, off, paused, nextFireAt }) => [
      pipeline,
      off
        ? 'off'
        : paused
          ? 'paused'
          : nextFireAt && wallNow !== null
            ? formatCountdown(Date.parse(nextFireAt) - wallNow)
            : NONE,
    ]),
    steps: [
      { name: 'extract', line: status ? counted(sums.rowsExtracted, 'row') : NONE },
      { name: 'transform', line: `${sum('rowsRejected')} rejected` },
      { name: 'load', line: `${sum('rowsInserted')} new, ${sum('rowsUpdated')} corrected` },
    ],
    stored: status
      ? `${status.totals.rowsStoredExact ? '' : 'about '}${counted(status.totals.rowsStored, 'bar')}`
      : NONE,
    api: status ? `version ${status.version}` : NONE,
  };
}

/** The diagram has room for so many. */
const SOURCES_SHOWN = 2;

interface Source {
  name: string;
  provider: Asset['provider'] | null;
}

/** The providers with the most assets, in the order of their pipelines; without names until they are known. */
function sourcesOf(pipelines: Status['pipelines'], assets: readonly Asset[] | undefined): Source[] {
  const all = [...new Map(pipelines.map(({ provider, source }) => [provider, { provider, name: source }])).values()];
  const countOf = ({ provider }: Source) => assets?.filter((asset) => asset.provider === provider).length ?? 0;
  const largest = new Set(all.toSorted((a, b) => countOf(b) - countOf(a)).slice(0, SOURCES_SHOWN));
  const unknown = Array.from({ length: SOURCES_SHOWN - largest.size }, (): Source => ({ name: NONE, provider: null }));
  return [...all.filter((source) => largest.has(source)), ...unknown];
}

function trackedOf(assets: readonly Asset[] | undefined, provider: Source['provider']): string {
  const own = assets?.filter((asset) => asset.provider === provider);
  if (!own) return NONE;
  const [one, many] = KINDS[own[0]?.assetClass ?? 'stock'];
  return counted(own.length, one, many);
}

function runsOf(status: Status | undefined, source: string): string {
  const own = status?.pipelines.filter((pipeline) => pipeline.source === source);
  if (!own) return NONE;
  const runs = own.reduce((total, { last24h }) => total + last24h.runs, 0);
  return counted(runs, 'run');
}
