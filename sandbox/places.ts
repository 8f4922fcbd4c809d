import { type MarketId } from './calendar.js';
import { type Stock } from './instruments.js';

/** Where an instrument is listed. */
export type Place = Pick<Stock, 'market' | 'currency' | 'exchangeName' | 'fullExchangeName'>;

/**
 * The exchanges of Yahoo by market, each as `ending code unit name`: the ending of its tickers, Yahoo's code, the unit of
 * its prices (GBp, ZAc and ILA are hundredths), and its name (Yahoo's help page SLN2310).
 */
const EXCHANGES: Readonly<Record<Exclude<MarketId, '24/5' | 'ALWAYS'>, readonly string[]>> = {
  ASEX: ['.AT ATH EUR Athens'],
  BVMF: ['.SA SAO BRL São Paulo'],
  XAMS: ['.AS AMS EUR Amsterdam'],
  XASX: ['.AX ASX AUD ASX', '.XA CXA AUD Cboe AU'],
  XBKK: ['.BK SET THB Thailand'],
  XBOM: ['.NS NSI INR NSE', '.BO BSE INR BSE'],
  XBRU: ['.BR BRU EUR Brussels'],
  XBUD: ['.BD BUD HUF Budapest'],
  XBUE: ['.BA BUE ARS Buenos Aires'],
  XCSE: ['.CO CPH DKK Copenhagen'],
  XDUB: ['.IR ISE EUR Irish'],
  XETR: ['.DE GER EUR XETRA'],
  XFRA: ['.F FRA EUR Frankfurt', '.BE BER EUR Berlin', '.DU DUS EUR Dusseldorf', '.HM HAM EUR Hamburg', '.HA HAN EUR Hanover', '.MU MUN EUR Munich', '.SG STU EUR Stuttgart'], // prettier-ignore
  XHEL: ['.HE HEL EUR Helsinki'],
  XHKG: ['.HK HKG HKD HKSE'],
  XIDX: ['.JK JKT IDR Jakarta'],
  XIST: ['.IS IST TRY Istanbul'],
  XJSE: ['.JO JNB ZAc Johannesburg'],
  XKLS: ['.KL KLS MYR Kuala Lumpur'],
  XKRX: ['.KS KSC KRW KSE', '.KQ KOE KRW KOSDAQ'],
  XLIS: ['.LS LIS EUR Lisbon'],
  XLON: ['.L LSE GBp LSE', '.IL IOB USD IOB'],
  XMAD: ['.MC MCE EUR MCE'],
  XMEX: ['.MX MEX MXN Mexico'],
  XMIL: ['.MI MIL EUR Milan'],
  XNYS: [' NMS USD NasdaqGS'],
  XNZE: ['.NZ NZE NZD NZSE'],
  XOSL: ['.OL OSL NOK Oslo'],
  XPAR: ['.PA PAR EUR Paris', '.NX ENX EUR Euronext'],
  XPHS: ['.PS PHS PHP Philippines'],
  XPRA: ['.PR PRA CZK Prague'],
  XSAU: ['.SR SAU SAR Saudi'],
  XSES: ['.SI SES SGD SES'],
  XSGO: ['.SN SGO CLP Santiago'],
  XSHG: ['.SS SHH CNY Shanghai', '.SZ SHZ CNY Shenzhen'],
  XSTO: ['.ST STO SEK Stockholm'],
  XSWX: ['.SW EBS CHF Swiss'],
  XTAE: ['.TA TLV ILA Tel Aviv'],
  XTAI: ['.TW TAI TWD Taiwan', '.TWO TWO TWD Taipei Exchange'],
  XTKS: ['.T JPX JPY Tokyo'],
  XTSE: ['.TO TOR CAD Toronto', '.V VAN CAD TSXV', '.NE NEO CAD Cboe CA', '.CN CNQ CAD Canadian Sec'],
  XWAR: ['.WA WSE PLN Warsaw'],
  XWBO: ['.VI VIE EUR Vienna'],
};

/** By the ending of Yahoo's ticker; tickers of New York have none. */
export const PLACES: ReadonlyMap<string, Place> = new Map(
  Object.entries(EXCHANGES).flatMap(([market, lines]) =>
    lines.map((line) => {
      const [ending, exchangeName, currency, ...name] = line.split(' ') as [string, string, string, ...string[]];
      const place: Place = { market: market as MarketId, currency, exchangeName, fullExchangeName: name.join(' ') };
      return [ending, place] as const;
    }),
  ),
);

const PLACE_OF_INDEX: Readonly<Record<string, Place>> = Object.fromEntries(
  [
    ...[
      '^N225 XTKS OSA JPY Osaka',
      '^FTSE XLON FGI GBP FTSE Index',
      '^GDAXI XETR GER EUR XETRA',
      '^FCHI XPAR PAR EUR Paris',
    ],
    ...['^STOXX50E XETR ZRH EUR Zurich', '^HSI XHKG HKG HKD HKSE', '^BSESN XBOM BSE INR BSE', '^NSEI XBOM NSI INR NSE'],
    ...[
      '^AXJO XASX ASX AUD ASX',
      '^GSPTSE XTSE TOR CAD Toronto',
      '^BVSP BVMF SAO BRL São Paulo',
      '^KS11 XKRX KSC KRW KSE',
    ],
    ...[
      '^TWII XTAI TAI TWD Taiwan',
      '^SSMI XSWX EBS CHF Swiss',
      '^AEX XAMS AMS EUR Amsterdam',
      '^IBEX XMAD MCE EUR MCE',
    ],
    ...[
      '^MXX XMEX MEX MXN Mexico',
      '^STI XSES SES SGD SES',
      '^JKSE XIDX JKT IDR Jakarta',
      '^KLSE XKLS KLS MYR Kuala Lumpur',
    ],
    ...['^NZ50 XNZE NZE NZD NZSE', '^OMX XSTO STO SEK Stockholm', '^TA125.TA XTAE TLV ILS Tel Aviv'],
  ].map((line) => {
    const [symbol, market, exchangeName, currency, ...name] = line.split(' ') as [string, MarketId, string, string];
    return [symbol, { market, currency, exchangeName, fullExchangeName: (name as string[]).join(' ') }];
  }),
);
const NEW_YORK_INDEX: Place = { market: 'XNYS', currency: 'USD', exchangeName: 'SNP', fullExchangeName: 'SNP' };

/** The best-known indices are listed where they belong, all others in New York. */
export const placeOfIndex = (symbol: string): Place => PLACE_OF_INDEX[symbol] ?? NEW_YORK_INDEX;
