/** How requests to a source stand. Times are epoch ms, wall clock. */
export interface SourceStanding {
  /** Of its provider. */
  name: string;
  /** Those that its bars are served in. */
  timeframes: readonly string[];
  isPaused: boolean;
  /** Why its provider is off; null if it is not. */
  off: string | null;
  /** No request is sent to its provider before this; null if requests are allowed. */
  blockedUntil: number | null;
  /** The provider has refused requests for coming too often. */
  isRefused: boolean;
  /** Null if its provider is in no outage. */
  outageSince: number | null;
}

/** The sources that have bars of one of these timeframes: the others cannot stand in for them. */
export const sourcesWith = <T extends Pick<SourceStanding, 'timeframes'>>(
  sources: readonly T[],
  timeframes: readonly string[],
): T[] => sources.filter((source) => timeframes.some((timeframe) => source.timeframes.includes(timeframe)));

/**
 * Why the first source of an asset is not requested for its newest bars, and what stands in for it; null if it is
 * requested. Such as "Yahoo Finance blocks requests until 2026-11-25 15:40 UTC; SIE.DE has no other source".
 * @param sources those that are served, by rank; at least one
 */
export function sourceOutage(symbol: string, [first, ...others]: readonly SourceStanding[]): string | null {
  const why = first && whyOut(first);
  if (!why) return null;
  if (others.length === 0) return `${why}; ${withoutOther([symbol])}`;
  const standIn = others.find((source) => whyOut(source) === null);
  if (standIn) return `${why}; ${standIn.name} stands in`;
  return [why, ...others.map(whyOut)].join('; ');
}

/** So many assets are named; more are counted. */
const NAMED = 5;

/** Such as "SIE.DE has no other source"; null for no assets. @param symbols of assets whose only source is not requested */
export function withoutOther(symbols: readonly string[]): string | null {
  const [first] = symbols;
  if (symbols.length < 2) return first === undefined ? null : `${first} has no other source`;
  const more = symbols.length > NAMED ? ` and ${symbols.length - NAMED} more` : '';
  return `${symbols.slice(0, NAMED).join(', ')}${more} have no other source`;
}

function whyOut({ name, isPaused, off, blockedUntil, isRefused, outageSince }: SourceStanding): string | null {
  if (isPaused) return `${name} is paused`;
  if (off !== null) return `${name} is off: ${off}`;
  if (blockedUntil !== null)
    return isRefused
      ? `${name} blocks requests until ${timeOf(blockedUntil)}`
      : `${name} is not requested before ${timeOf(blockedUntil)}`;
  return outageSince === null ? null : `${name} has been in an outage since ${timeOf(outageSince)}`;
}

const timeOf = (instant: number): string => `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
