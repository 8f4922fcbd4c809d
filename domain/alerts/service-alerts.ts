import type { CalendarId } from '../calendars/calendar.js';
import { type Freshness } from '../freshness.js';
import { MINUTE } from '../timeframe.js';
import type { Condition } from './alert.js';
import { utcTime } from './utc-time.js';

/** A series that a live pipeline keeps up to date. */
export interface SeriesFacts extends Pick<Freshness, 'state' | 'overdueMs' | 'overdueSince'> {
  symbol: string;
  timeframe: string;
  /** Id of the provider of its source. */
  provider: string;
  exchange: CalendarId;
}

/** Missing for less than this is what one failed run causes, which the next one mends. ms of open-market time. */
const OVERDUE_MS = MINUTE;
/** After everything was down, for so long what is missing is being fetched: nobody needs to be told. ms */
const WARM_UP_MS = 3 * MINUTE;

/**
 * Assets whose bars are overdue: one alert for all timeframes of an asset.
 * @param upMs for how long the alerts have been evaluated without an interruption
 */
export function staleConditions(series: readonly SeriesFacts[], upMs: number): Condition[] {
  const stale = series.filter(({ state }) => state === 'stale');
  return [...Map.groupBy(stale, ({ symbol }) => symbol)].map(([symbol, late]) => {
    const [first] = late.toSorted((a, b) => b.overdueMs - a.overdueMs) as [SeriesFacts];
    const since = first.overdueSince!;
    return {
      ...{ kind: 'stale', subject: symbol, severity: 'critical', since },
      standing: first.overdueMs >= OVERDUE_MS && upMs >= WARM_UP_MS ? 'fires' : 'lingers',
      message: `Bars of ${symbol} (${late.map(({ timeframe }) => timeframe).join(', ')}) have been overdue since ${utcTime(since)}.`,
      advice: 'Look at the last runs of its pipeline: they show what became of the requests for this asset.',
      markets: [first.exchange],
      because: { kind: 'outage', subject: first.provider },
    };
  });
}

/** A provider that is on. Times are epoch ms, market clock. */
export interface ProviderFacts {
  id: string;
  name: string;
  /** Nothing is asked of it for a while, because requests have failed. */
  isBlocked: boolean;
  /** If its last answers refused our key: the names of the variables that hold it; null otherwise. */
  refusedKey: readonly string[] | null;
  /** Failed requests since the last success. */
  failures: number;
  lastFailureAt: number | null;
  outage: { since: number; symptom: string } | null;
  /** Of the assets whose newest bars it brings. */
  markets: readonly CalendarId[];
  /** Of the month; null if it is unlimited. */
  quota: { used: number; limit: number; leftMs: number; monthMs: number } | null;
}

/**
 * So many failures in a row open an alert. The block after a single failure is over in seconds; a refused key blocks nothing,
 * and takes more: one odd answer is no verdict on a key.
 */
const FAILURES = { blocked: 2, refused: 5 };

/** Providers in an outage, of which several requests in a row have failed, or that refuse our key. */
export const outageConditions = (providers: readonly ProviderFacts[], now: number): Condition[] =>
  providers.flatMap((provider): Condition[] => {
    const { id, isBlocked, refusedKey, failures, lastFailureAt, outage, markets } = provider;
    if (!outage && failures === 0) return [];
    const isRefused = refusedKey !== null && failures >= FAILURES.refused;
    const fires = outage !== null || isRefused || (isBlocked && failures >= FAILURES.blocked);
    return [
      {
        ...{ kind: 'outage', subject: id, severity: 'critical', markets },
        since: outage?.since ?? lastFailureAt ?? now,
        standing: fires ? 'fires' : 'lingers',
        ...(refusedKey === null ? outageInWords(provider) : refusalInWords(provider.name, refusedKey)),
      },
    ];
  });

const outageInWords = ({ name, outage }: ProviderFacts): Pick<Condition, 'message' | 'advice'> => ({
  message: outage
    ? `${name} is in an outage: most of its assets show the symptom ${outage.symptom}.`
    : `Requests to ${name} keep failing or being refused.`,
  advice:
    'Barkeep probes it until it recovers, and then fetches what is missing. If this lasts, see its last error on the page Data health.',
});

/** @param variables of its key; none if it takes none */
const refusalInWords = (name: string, variables: readonly string[]): Pick<Condition, 'message' | 'advice'> =>
  variables.length === 0
    ? {
        message: `${name} refuses access, though it needs no key.`,
        advice: 'This does not end by itself: see its last error on the page Data health.',
      }
    : {
        message: `${name} refuses the key, so nothing is fetched from it.`,
        advice: `This does not end by itself: correct ${variables.join(' and ')}, and restart the workers. The next runs fetch what is missing.`,
      };

/** Below this share of the month's calls an alert opens, and it closes above the second one. */
const QUOTA_SHARE = 0.1;
const QUOTA_LINGERS = 0.15;

/** Providers with less than a tenth of the month's calls left, and a larger share of the month. */
export const quotaConditions = (providers: readonly ProviderFacts[], now: number): Condition[] =>
  providers.flatMap(({ id, name, quota, markets }): Condition[] => {
    if (!quota) return [];
    const left = Math.max(0, quota.limit - quota.used) / quota.limit;
    const isShort = left < quota.leftMs / quota.monthMs;
    if (!(left < QUOTA_LINGERS && isShort)) return [];
    const calls = quota.limit.toLocaleString('en-US');
    return [
      {
        ...{ kind: 'quota', subject: id, since: now, markets },
        severity: left === 0 ? 'critical' : 'warning',
        standing: left < QUOTA_SHARE ? 'fires' : 'lingers',
        message:
          left === 0
            ? `This month's ${calls} calls to ${name} are used up: no more are sent until next month.`
            : `Less than ${left < QUOTA_SHARE ? '10' : '15'} % of this month's ${calls} calls to ${name} are left, but more than that of the month.`,
        advice: 'Pause assets of this provider, or use a key with a larger quota.',
      },
    ];
  });

/** A pipeline whose latest runs have all failed; those that had nothing to do do not count. */
export interface PipelineFacts {
  pipeline: string;
  /** Failed runs since the last one that did not fail. */
  failed: number;
  /** When the first of them began, epoch ms, market clock. */
  since: number;
  /** Of the newest of them. */
  error: string | null;
  /** Of its provider; null if it uses several. */
  provider: string | null;
  markets: readonly CalendarId[];
}

const FAILED_RUNS = 3;

/** Pipelines whose runs fail one after another. */
export const failingConditions = (pipelines: readonly PipelineFacts[]): Condition[] =>
  pipelines
    .filter(({ failed }) => failed >= FAILED_RUNS)
    .map(({ pipeline, since, error, provider, markets }) => ({
      ...{ kind: 'failing', subject: pipeline, severity: 'critical', since, markets, standing: 'fires' },
      message: `${pipeline} has failed at least ${FAILED_RUNS} times in a row${error ? ` (${error})` : ''}.`,
      advice: 'Open its last run on the page Runs to see which step failed.',
      ...(provider !== null && { because: { kind: 'outage', subject: provider } as const }),
    }));

/** A difference that the newest comparison of two sources has found. */
export interface DisagreementFacts {
  symbol: string;
  /** Providers of the two. */
  source: string;
  other: string;
  exchange: CalendarId;
  /** Trading date, as 00:00Z, epoch ms. */
  session: number;
  /** In a sentence. */
  finding: string;
}

/** Sources of an asset that differ by more than sources usually do. */
export const disagreementConditions = (found: readonly DisagreementFacts[]): Condition[] =>
  found.map(({ symbol, source, other, exchange, session, finding }) => ({
    ...{ kind: 'disagreement', subject: `${symbol} ${source} ${other}`, severity: 'warning', since: session },
    ...{ standing: 'fires', markets: [exchange] },
    message: `Sources of ${symbol} disagree. ${finding}`,
    advice: `Compare the two on the page Data health, and serve the one that is right: npm run asset -- source ${symbol}`,
  }));
