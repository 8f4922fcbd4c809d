import { type SandboxResponse, type Interval, INTERVALS } from './response.js';
import { MARKETS } from './calendar.js';
import { FAULT_MODES } from './faults.js';
import { PROVIDER_NAMES } from './traffic.js';
import { type Inside } from './inside.js';
import { findInstrument } from './find-instrument.js';
import { type Instrument } from './instruments.js';
import { INTERVENTION_PAGES } from './intervene.js';
import { isoTime } from './query.js';
import { DAY, SECOND } from './time.js';
import { type FinalBar, finalBars } from './truth.js';

function intervalOf(query: URLSearchParams): Interval {
  const name = query.get('interval') ?? '1m';
  const interval = INTERVALS.find((each) => each === name);
  if (!interval) throw new RangeError(`interval must be one of ${INTERVALS.join(', ')}`);
  return interval;
}

/** How far back a request without `from` reaches: as far as the provider itself. */
const DEFAULT_DAYS = { '1m': 30, '30m': 30, '4h': 365, '1d': Infinity, '4d': Infinity } satisfies Record<
  Interval,
  number
>;

function requestedBars({ exchange, clock }: Inside, instrument: Instrument, query: URLSearchParams): FinalBar[] {
  const interval = intervalOf(query);
  const settle = Number(query.get('settle_s') ?? 0) * SECOND;
  if (!Number.isFinite(settle)) throw new RangeError('settle_s must be a number of seconds');
  const settled = clock() - settle - MARKETS[instrument.market].delay;
  const window = {
    from: isoTime(query, 'from') ?? settled - DEFAULT_DAYS[interval] * DAY,
    to: isoTime(query, 'to') ?? settled,
  };
  return finalBars(exchange, instrument, interval, window, settled);
}

const columns = (bar: FinalBar) => [
  new Date(bar.time).toISOString(),
  bar.open,
  bar.high,
  bar.low,
  bar.close,
  bar.volume,
];

/** `/__truth/{symbol}`: the final bars, `[time, open, high, low, close, volume]`. */
function truth(inside: Inside, symbol: string, query: URLSearchParams): SandboxResponse {
  const instrument = findInstrument(symbol);
  if (!instrument) return { status: 404, body: { error: 'unknown symbol' } };
  return { status: 200, body: requestedBars(inside, instrument, query).map(columns) };
}

/** `/__ledger`: the final bars that were served, each with the wall-clock time of the first response that contained it. */
function served(inside: Inside, query: URLSearchParams): SandboxResponse {
  const instrument = findInstrument(query.get('symbol') ?? '');
  if (!instrument) return { status: 404, body: { error: 'unknown symbol' } };
  const interval = intervalOf(query);
  const bars = requestedBars(inside, instrument, query).flatMap((bar) => {
    const first = inside.ledger.firstServed(instrument.symbol, interval, bar.time);
    return first === null ? [] : [[...columns(bar), new Date(first).toISOString()]];
  });
  const { droppedPages } = inside.ledger;
  return { status: 200, body: { symbol: instrument.symbol, interval, droppedPages, bars } };
}

function setFaults({ faults }: Inside, query: URLSearchParams): SandboxResponse {
  const wanted = query.get('mode') ?? faults.mode;
  const mode = FAULT_MODES.find((each) => each === wanted);
  if (!mode) throw new RangeError(`mode must be one of ${FAULT_MODES.join(', ')}`);
  const only = query.get('provider');
  const provider = PROVIDER_NAMES.find((each) => each === only) ?? null;
  if (only !== null && provider === null) throw new RangeError(`provider must be one of ${PROVIDER_NAMES.join(', ')}`);
  faults.mode = mode;
  faults.only = provider;
  return { status: 200, body: { mode, provider } };
}

/**
 * The sandbox's own pages, in addition to those of the providers.
 * @param path decoded, starts with `/__`
 * @throws RangeError on an invalid parameter
 */
export function control(inside: Inside, path: string, query: URLSearchParams): SandboxResponse {
  if (path === '/__log') return { status: 200, body: inside.traffic.report() };
  if (path === '/__faults') return setFaults(inside, query);
  if (path === '/__ledger') return served(inside, query);
  const intervene = INTERVENTION_PAGES.get(path);
  if (intervene) return intervene(inside, query);
  if (path.startsWith('/__truth/')) return truth(inside, path.slice('/__truth/'.length), query);
  return { status: 404, body: { error: 'unknown page' } };
}
