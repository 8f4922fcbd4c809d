import type { Backfill, Provider, RevisionValues } from './api/types';
import { formatCount } from './format';
import type { StateView } from './pipeline-view';

const PROVIDER_STATES = {
  ok: { mark: 'good', label: 'answers' },
  failing: { mark: 'warn', label: 'failing' },
  blocked: { mark: 'bad', label: 'blocked' },
  outage: { mark: 'bad', label: 'outage' },
  out_of_quota: { mark: 'bad', label: 'out of quota' },
  unused: { mark: 'idle', label: 'not asked yet' },
} as const satisfies Record<Provider['state'], StateView>;

export const viewProvider = ({ state }: Pick<Provider, 'state'>): StateView => PROVIDER_STATES[state];

/** How much of the month has passed, 0 to 1. @param now wall clock, epoch ms */
export function monthPassed({ from, until }: Pick<Provider['quota'], 'from' | 'until'>, now: number): number {
  const [begin, end] = [Date.parse(from), Date.parse(until)];
  return Math.max(0, Math.min(1, (now - begin) / (end - begin)));
}

/** What a backfill is for, in words: "SPY, BTC · 1m · 20 Nov 2026 to 21 Nov 2026". */
export function describeBackfill({ asked, trigger }: Pick<Backfill, 'asked' | 'trigger'>): string {
  if (trigger === 'initial') return 'First backfill: all that the providers reach';
  if (!asked) return 'Started outside of the API';
  const { symbols, timeframes, start, end, refetch } = asked;
  const parts = [
    symbols ? listed(symbols) : 'All assets',
    timeframes ? listed(timeframes) : 'all timeframes',
    windowOf(start, end),
    refetch ? 'stored bars too' : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

const MOST_LISTED = 4;
const listed = (names: string[]): string =>
  names.length > MOST_LISTED
    ? `${names.slice(0, MOST_LISTED - 1).join(', ')} and ${names.length - MOST_LISTED + 1} more`
    : names.join(', ');

function windowOf(start: string | undefined, end: string | undefined): string | null {
  if (start !== undefined && end !== undefined) return `${start} until ${end}`;
  if (start !== undefined) return `from ${start}`;
  return end === undefined ? null : `until ${end}`;
}

/** Of two versions of a bar, the values that differ. */
export function changesOf(
  before: RevisionValues,
  after: RevisionValues,
): { field: keyof RevisionValues; before: number | null; after: number | null }[] {
  const fields = ['open', 'high', 'low', 'close', 'volume'] as const;
  return fields
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

/** A rejected row's cells as they came: a number, or what was in its place. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? formatCount(value) : String(value).slice(0, 12);
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 24);
}
