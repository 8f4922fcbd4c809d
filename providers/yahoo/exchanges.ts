import { EXCHANGES } from '../../config/catalog/exchanges.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';

/**
 * Yahoo's codes of exchanges, by the calendar that their instruments follow: `meta.exchangeName` of a chart and `exchange`
 * of a search result. One calendar has several codes: tiers of one exchange, the other exchanges of a country, and
 * "exchanges" that list its indices. The delay of Yahoo's feed is that of the calendar in the catalog.
 */
const CODES: Readonly<Record<CalendarId, string>> = {
  '24/5': 'CCY',
  '24/7': 'CCC',
  ASEX: 'ATH',
  BVMF: 'SAO',
  XAMS: 'AMS',
  XASX: 'ASX CXA',
  XBKK: 'SET',
  XBOM: 'BSE NSI',
  XBRU: 'BRU',
  XBUD: 'BUD',
  XBUE: 'BUE',
  XCSE: 'CPH',
  XDUB: 'ISE',
  XETR: 'GER ZRH', // ZRH: STOXX, whose indices of Europe follow Xetra's days
  XFRA: 'FRA BER DUS HAM HAN MUN STU',
  XHEL: 'HEL',
  XHKG: 'HKG',
  XIDX: 'JKT',
  XIST: 'IST',
  XJSE: 'JNB',
  XKLS: 'KLS',
  XKRX: 'KOE KSC',
  XLIS: 'LIS',
  XLON: 'LSE IOB FGI',
  XMAD: 'MCE',
  XMEX: 'MEX',
  XMIL: 'MIL',
  // the tiers of Nasdaq, NYSE and its siblings, over the counter, funds, and the indices of S&P, Dow Jones, Nasdaq, Cboe …
  XNYS: 'NYQ NMS NGM NCM ASE PCX BTS PNK OQX OQB OEM NAS SNP DJI NIM WCB CXI NYS CGI',
  XNZE: 'NZE',
  XOSL: 'OSL',
  XPAR: 'PAR ENX',
  XPHS: 'PHS',
  XPRA: 'PRA',
  XSAU: 'SAU',
  XSES: 'SES',
  XSGO: 'SGO',
  XSHG: 'SHH SHZ',
  XSTO: 'STO',
  XSWX: 'EBS',
  XTAE: 'TLV',
  XTAI: 'TAI TWO',
  XTKS: 'JPX OSA',
  XTSE: 'TOR VAN NEO CNQ TSI',
  XWAR: 'WSE',
  XWBO: 'VIE',
};

const CALENDAR_OF_CODE = new Map(
  Object.entries(CODES).flatMap(([id, codes]) => codes.split(' ').map((code) => [code, id as CalendarId] as const)),
);

/** Exchanges that Yahoo has prices of and Barkeep has no calendar of. */
const WITHOUT_CALENDAR: Readonly<Record<string, string>> = {
  BVB: 'Bucharest',
  BVC: 'Bogotá',
  CAI: 'Cairo',
  CCS: 'Caracas',
  CXE: 'Cboe Europe',
  DFM: 'Dubai',
  DOH: 'Doha',
  ICE: 'Reykjavík',
  KUW: 'Kuwait',
  LIT: 'Vilnius',
  RIS: 'Riga',
  TAL: 'Tallinn',
  VSE: 'Ho Chi Minh City',
};

/** What `instrumentType` of a chart and `quoteType` of a search result call the kinds of assets that can be followed. */
const KINDS = {
  EQUITY: 'equity',
  ETF: 'etf',
  INDEX: 'index',
  MUTUALFUND: 'fund',
  CURRENCY: 'currency',
  CRYPTOCURRENCY: 'coin',
} as const;
export type YahooKind = (typeof KINDS)[keyof typeof KINDS];

/** What can be followed, or why not, in words that end a sentence such as “ES=F cannot be followed: …”. */
export type Listing = { exchange: CalendarId; kind: YahooKind } | { refused: string };

/**
 * The market and the kind of an instrument.
 * @param code `exchangeName` of a chart, or `exchange` of a search result
 * @param type `instrumentType` of a chart, or `quoteType` of a search result
 */
export function listingOf(code: string, type: string): Listing {
  if (code === 'YHD') return { refused: 'Yahoo no longer carries it (delisted or renamed)' };
  if (!Object.hasOwn(KINDS, type))
    return { refused: `it is ${described(type)}, and only ${KNOWN_KINDS} can be followed` };
  const kind = KINDS[type as keyof typeof KINDS];
  const exchange = CALENDAR_OF_CODE.get(code);
  if (exchange) return { exchange, kind };
  const place = Object.hasOwn(WITHOUT_CALENDAR, code) ? WITHOUT_CALENDAR[code] : null;
  return {
    refused: place
      ? `there is no calendar of its exchange, ${place}`
      : `its exchange, Yahoo's ${code || '(none)'}, is unknown; known: ${KNOWN_EXCHANGES}`,
  };
}

const KNOWN_KINDS = 'shares, ETFs, indices, funds, currencies and coins';
const KNOWN_EXCHANGES = Object.values(EXCHANGES)
  .map(({ name }) => name)
  .join(', ');

const described = (type: string): string =>
  type === 'FUTURE' ? 'a future' : type === 'OPTION' ? 'an option' : `of the type ${type || '(none)'}`;
