import type { Activities } from '../activities/index.js';
import { PROVIDERS } from '../config/catalog/providers.js';
import type { SingleRequest } from '../contracts/activities.js';
import { questionInWords } from '../contracts/look-up.js';
import type { Window } from '../domain/bar.js';
import { counted } from '../domain/in-words.js';
import { isDateLabelled, type StoredTimeframe } from '../domain/timeframe.js';

/** Temporal refuses a summary of more than 400 bytes. */
const LONGEST = 200;
/** So many names are listed; more are counted. */
const NAMED = 5;

/** What one execution of an activity is about, for Temporal's Web UI: such as "NVDA 1m 27 Nov 14:30–20:00". */
export function summaryOf<K extends keyof Activities>(activity: K, args: Parameters<Activities[K]>): string {
  const summary: (...args: Parameters<Activities[K]>) => string = SUMMARIES[activity];
  return summary(...args).slice(0, LONGEST);
}

const SUMMARIES: { [K in keyof Activities]: (...args: Parameters<Activities[K]>) => string } = {
  openRun: ({ pipeline, trigger }) => `${pipeline}: ${trigger}`,
  closeRun: ({ status, rowsInserted }) => `${status}, ${counted(rowsInserted, 'new bar')}`,
  reconcileRuns: () => 'rows of pipeline_runs against Temporal',
  judgeAlerts: () => 'what a person should know of',
  prepareDelivery: () => 'what is to be told',
  deliverAlerts: ({ id }) => `message ${id}`,
  abandonDelivery: ({ id }) => `message ${id}`,
  housekeep: () => 'what is past its retention',
  backUp: () => 'a base copy of the database',
  planLive: ({ pipeline, nominalAt, symbols }) => `${pipeline} ${timeOf(nominalAt)}: ${listed(symbols, 'all assets')}`,
  recordProgress: ({ requestsDone, requestsTotal }) => `${requestsDone} of ${counted(requestsTotal, 'request')}`,
  planBackfill: ({ from, to, after, ...scope }) =>
    [scopeOf(scope), from && `from ${from}`, to && `to ${to}`, after && `after asset ${after}`]
      .filter(Boolean)
      .join(', '),
  countBackfill: () => 'requests, before it is approved',
  planReplay: (scope) => `stored payloads of ${scopeOf(scope)}`,
  planHeal: ({ impatient, ...scope }) => `${scopeOf(scope)}${impatient ? ', due or not' : ''}`,
  planVerify: ({ everything, ...scope }) => `${scopeOf(scope)}${everything ? ', due or not' : ''}`,
  planAdjust: ({ symbol }) => symbol,
  extract: ({ request }) => requestInWords(request),
  extractMany: ({ request: { assets, timeframe, window } }) =>
    `${counted(assets.length, 'asset')} ${timeframe} ${windowInWords(window, timeframe)}`,
  lookUp: ({ question }) => questionInWords(question),
  transform: ({ payloadIds, replay }) => `${counted(payloadIds.length, 'payload')}${replay ? ', once more' : ''}`,
  load: ({ batchIds }) => counted(batchIds.length, 'batch', 'batches'),
  classifyGaps: () => 'all assets',
  describeGaps: (scope) => scopeOf(scope),
  compareWithDays: () => 'daily bars against the sum of their minutes',
  compareSources: () => 'the sources of each asset against each other',
  applySplits: ({ assetId, batchIds }) => `asset ${assetId}: ${counted(batchIds.length, 'batch', 'batches')}`,
  declareOutage: ({ provider, symptom }) => `${PROVIDERS[provider].name}: ${symptom}`,
  endOutage: ({ provider }) => PROVIDERS[provider].name,
};

const requestInWords = (request: SingleRequest): string =>
  request.kind === 'quotes'
    ? `${counted(request.providerSymbols.length, 'quote')}: ${listed(request.providerSymbols, '')}`
    : `${request.symbol} ${request.timeframe} ${windowInWords(request.window, request.timeframe)}`;

/** @param names may come from a person, and be no list */
function listed(names: readonly string[] | undefined, absent: string): string {
  if (!Array.isArray(names)) return absent;
  const rest = names.length - NAMED;
  return `${names.slice(0, NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const scopeOf = ({ symbols, timeframes }: { symbols?: string[]; timeframes?: StoredTimeframe[] }): string =>
  [listed(symbols, 'all assets'), listed(timeframes, '')].filter((part) => part !== '').join(' ');

/** Dates of trading days, both inclusive; otherwise times in UTC, the last one exclusive. */
function windowInWords({ from, to }: Window, timeframe: StoredTimeframe): string {
  const isByDay = isDateLabelled(timeframe);
  const [first, last] = [from, isByDay ? Math.max(from, to - 1) : to].map((at) => partsOf(at)) as [Parts, Parts];
  const year = first.year === last.year && !isByDay ? () => '' : (parts: Parts) => ` ${parts.year}`;
  const day = (parts: Parts) => `${parts.day}${year(parts)}`;
  const isOneDay = day(first) === day(last);
  if (isByDay) return isOneDay ? day(first) : `${day(first)} – ${day(last)}`;
  return isOneDay
    ? `${day(first)} ${first.time}–${last.time}`
    : `${day(first)} ${first.time} – ${day(last)} ${last.time}`;
}

interface Parts {
  /** Such as "27 Nov". */
  day: string;
  year: number;
  /** Such as "14:30". */
  time: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function partsOf(at: number): Parts {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    day: `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`,
    year: date.getUTCFullYear(),
    time: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
  };
}

/** Such as "27 Nov 14:30", UTC. */
export function timeOf(at: number): string {
  const { day, time } = partsOf(at);
  return `${day} ${time}`;
}
