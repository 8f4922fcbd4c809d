import type { Backfill, Provider, RevisionValues } from './api/types';
import { formatCount } from './format';
import type { StateView } from './pipeline-view';

const PROVIDER_STATES = {
  ok: { mark: 'good', label: 'healthy' },
  failing: { mark: 'warn', label: 'failing' },
  blocked: { mark: 'bad', label: 'blocked' },
  outage: { mark: 'bad', label: 'outage' },
  out_of_quota: { mark: 'bad', label: 'out of quota' },
  unused: { mark: 'idle', label: 'unused' },
  off: { mark: 'idle', label: 'off' },
} as const satisfies Record<Provider['state'], StateView>;

export const viewProvider = ({ state }: Pick<Provider, 'state'>): StateView => PROVIDER_STATES[state];

/** The fraction of the month that has passed, 0 to 1. @param now wall clock, epoch ms */
export function monthPassed({ from, until }: Pick<Provider['quota'], 'from' | 'until'>, now: number): number {
  const [begin, end] = [Date.parse(from), Date.parse(until)];
  return Math.max(0, Math.min(1, (now - begin) / (end - begin)));
}

/** The scope of a backfill in words: "SPY, BTC · 1m · 2026-11-20 to 2026-11-21". */
export function describeBackfill({ asked, trigger }: Pick<Backfill, 'asked' | 'trigger'>): string {
  if (trigger === 'initial') return 'First backfill: the full history of each provider';
  if (!asked) return 'Started outside the API';
  const { symbols, timeframes, from, to, reprocess = 'missing' } = asked;
  const parts = [
    symbols ? listed(symbols) : 'All assets',
    timeframes ? listed(timeframes) : 'all timeframes',
    windowOf(from, to),
    REPROCESSED[reprocess],
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

const REPROCESSED = { missing: null, failed: 'only what failed', all: 're-fetch' } as const;

const MAX_LISTED = 4;
const listed = (names: string[]): string =>
  names.length > MAX_LISTED
    ? `${names.slice(0, MAX_LISTED - 1).join(', ')} and ${names.length - MAX_LISTED + 1} more`
    : names.join(', ');

function windowOf(from: string | undefined, to: string | undefined): string | null {
  if (from !== undefined && to !== undefined) return `${from} to ${to}`;
  if (from !== undefined) return `from ${from}`;
  return to === undefined ? null : `until ${to}`;
}

/** The values that differ between two versions of a bar. */
export function changesOf(
  before: RevisionValues,
  after: RevisionValues,
): { field: keyof RevisionValues; before: number | null; after: number | null }[] {
  const fields = ['open', 'high', 'low', 'close', 'volume'] as const;
  return fields
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

const MAX_NUMBER_CHARS = 12;
const MAX_CELL_CHARS = 24;

/** A cell of a rejected row as received: a number, or whatever came in its place, shortened. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'number')
    return Number.isInteger(value) ? formatCount(value) : String(value).slice(0, MAX_NUMBER_CHARS);
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, MAX_CELL_CHARS);
}
