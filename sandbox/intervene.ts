import { type SandboxResponse } from './response.js';
import { MARKETS } from './calendar.js';
import { type Inside } from './inside.js';
import { findInstrument, findStock } from './find-instrument.js';
import { type Instrument, type Stock } from './instruments.js';
import { type Correction, type Trouble } from './interventions.js';
import { requiredTime } from './query.js';
import { DAY, MINUTE } from './time.js';

/** The pages that change the simulated markets. Each returns the interventions of its kind. */

function instrumentOf(query: URLSearchParams): Instrument {
  const instrument = findInstrument(query.get('symbol') ?? '');
  if (!instrument) throw new RangeError('symbol must be one that the sandbox has');
  return instrument;
}

function stockOf(query: URLSearchParams): Stock {
  const instrument = instrumentOf(query);
  if (instrument.kind !== 'stock') throw new RangeError('symbol must be that of a stock');
  return instrument;
}

/** After the end of the simulation. */
const END = Date.UTC(2200, 0, 1);
const iso = (time: number): string => new Date(time).toISOString();

const PRICES = ['open', 'high', 'low', 'close'] as const;

/**
 * `/__revise?symbol&at&close=…` (also open, high, low): the provider corrects a minute, and with it the bars that
 * contain it. High and low widen to include the other prices.
 */
function revise({ exchange, clock }: Inside, query: URLSearchParams): SandboxResponse {
  const instrument = instrumentOf(query);
  const at = requiredTime(query, 'at');
  const now = clock() - MARKETS[instrument.market].delay;
  const [bar] = at % MINUTE === 0 && at + MINUTE <= now ? exchange.minuteBars(instrument, at, at + MINUTE, now) : [];
  if (!bar?.traded) throw new RangeError('at must be a minute that is over and had a trade');
  const prices: Correction = {};
  for (const name of PRICES) {
    if (!query.has(name)) continue;
    prices[name] = Number(query.get(name));
    if (!(prices[name] > 0 && prices[name] < Infinity)) throw new RangeError(`${name} must be a price`);
  }
  exchange.interventions.correct(instrument, at, prices);
  return { status: 200, body: exchange.minuteBars(instrument, at, at + MINUTE, now) };
}

/**
 * `/__split?symbol&on&ratio`: from the open of the session `on` (YYYY-MM-DD), all bars, earlier and later ones, are
 * served divided. The ratio is new shares to old ones, such as `10` or `1:8`. What Yahoo makes of it: with
 * `announce=YYYY-MM-DD` it reports the split from that day on, in every response; with `lag=DAYS` it serves the bars before the
 * split divided only that much later; with `twice=DAYS` it also reports it under a date that many days earlier. The truth is the
 * same in all of these. `clear=1` takes all splits back, or those of one `symbol`.
 */
function split({ exchange }: Inside, query: URLSearchParams): SandboxResponse {
  if (query.has('clear')) {
    return { status: 200, body: exchange.interventions.clearSplits(query.get('symbol')) };
  }
  const stock = stockOf(query);
  const on = query.get('on') ?? '';
  const day = Date.parse(on);
  const session = exchange.sessionsOf(stock, day, day + DAY).find(({ date }) => date === on);
  if (!session) throw new RangeError('on must be a trading date, YYYY-MM-DD');
  const [numerator = NaN, denominator = 1] = (query.get('ratio') ?? '').split(':').map(Number);
  const ratio = numerator / denominator;
  if (!(ratio > 0 && ratio < Infinity)) throw new RangeError('ratio must be a number above 0, or two, such as 1:8');
  const known = exchange.interventions.split({
    symbol: stock.symbol,
    on,
    open: session.open,
    numerator,
    denominator,
    announcedAt: query.has('announce') ? requiredTime(query, 'announce') : null,
    restatedAt: session.open + daysOf(query, 'lag') * DAY,
    alsoAt: query.has('twice') ? openFrom(exchange, stock, day - daysOf(query, 'twice') * DAY) : null,
  });
  return { status: 200, body: known.map(({ open, ...each }) => ({ ...each, open: iso(open) })) };
}

/** A number of days in the query; 0 if it is absent. */
function daysOf(query: URLSearchParams, name: string): number {
  const days = Number(query.get(name) ?? 0);
  if (!(days >= 0 && days < 100)) throw new RangeError(`${name} must be a number of days`);
  return days;
}

/** Open of the first session on a day or after it. */
const openFrom = (exchange: Inside['exchange'], stock: Stock, day: number): number =>
  exchange.sessionsOf(stock, day, day + 12 * DAY)[0]!.open;

/**
 * `/__outage?symbol&from&to`: a stock's rows in [from, to) are null; `/__silence?…`: they are left out; `/__corrupt?…`: high and low are swapped;
 * `/__misquote?symbol&by`: all its prices are multiplied, as if pence were taken for pounds. `clear=1` ends all
 * interventions of that page. The truth stays unchanged.
 */
const trouble =
  (kind: Trouble['kind']) =>
  ({ exchange: { interventions } }: Inside, query: URLSearchParams): SandboxResponse => {
    if (query.has('clear')) interventions.troubles = interventions.troubles.filter((each) => each.kind !== kind);
    else interventions.troubles.push({ kind, symbol: stockOf(query).symbol, ...extentOf(kind, query) });
    const known = interventions.troubles.filter((each) => each.kind === kind);
    return { status: 200, body: known.map(({ from, to, ...each }) => ({ ...each, from: iso(from), to: iso(to) })) };
  };

function extentOf(kind: Trouble['kind'], query: URLSearchParams): Pick<Trouble, 'from' | 'to' | 'by'> {
  if (kind !== 'misquote') return { from: requiredTime(query, 'from'), to: requiredTime(query, 'to'), by: 1 };
  const by = Number(query.get('by'));
  if (!(by > 0 && by < Infinity)) throw new RangeError('by must be a number above 0');
  return { from: 0, to: END, by };
}

/** `/__delist?symbol`: a stock is not found from now on; with `as=empty` its responses are empty instead. `clear=1` ends it. */
function delist({ exchange: { interventions } }: Inside, query: URLSearchParams): SandboxResponse {
  const { delisted } = interventions;
  const as = query.get('as') ?? 'not_found';
  if (query.has('clear')) delisted.clear();
  else if (as === 'not_found' || as === 'empty') delisted.set(stockOf(query).symbol, as);
  else throw new RangeError('as must be not_found or empty');
  return { status: 200, body: [...delisted].map(([symbol, how]) => ({ symbol, as: how })) };
}

/** `/__rename?from&to`: a stock has another ticker at Yahoo from now on; the former one is not found. `clear=1` ends it. */
function rename({ exchange: { interventions } }: Inside, query: URLSearchParams): SandboxResponse {
  const { renamed } = interventions;
  const from = query.get('from')?.toUpperCase() ?? '';
  const to = query.get('to')?.toUpperCase() ?? '';
  if (query.has('clear')) renamed.clear();
  else if (findStock(from) && findStock(to)) renamed.set(to, from);
  else throw new RangeError('from and to must be tickers');
  return { status: 200, body: Object.fromEntries(renamed) };
}

export const INTERVENTION_PAGES: ReadonlyMap<string, (inside: Inside, query: URLSearchParams) => SandboxResponse> =
  new Map([
    ['/__revise', revise],
    ['/__split', split],
    ['/__outage', trouble('outage')],
    ['/__silence', trouble('silence')],
    ['/__corrupt', trouble('corrupt')],
    ['/__misquote', trouble('misquote')],
    ['/__delist', delist],
    ['/__rename', rename],
  ]);
