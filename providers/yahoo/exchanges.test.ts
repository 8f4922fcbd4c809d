import { describe, expect, it } from 'vitest';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { listingOf } from './exchanges.js';

describe('the exchange of an instrument of Yahoo', () => {
  it.each([
    ['NMS', 'EQUITY', 'XNYS', 'equity'], // AAPL
    ['PCX', 'ETF', 'XNYS', 'etf'], // SPY
    ['PNK', 'EQUITY', 'XNYS', 'equity'],
    ['NAS', 'MUTUALFUND', 'XNYS', 'fund'], // VFIAX
    ['SNP', 'INDEX', 'XNYS', 'index'], // ^GSPC
    ['FGI', 'INDEX', 'XLON', 'index'], // ^FTSE
    ['OSA', 'INDEX', 'XTKS', 'index'], // ^N225
    ['GER', 'INDEX', 'XETR', 'index'], // ^GDAXI
    ['LSE', 'EQUITY', 'XLON', 'equity'], // VOD.L
    ['STU', 'EQUITY', 'XFRA', 'equity'], // BMW.SG
    ['ASX', 'EQUITY', 'XASX', 'equity'], // BHP.AX
    ['NSI', 'EQUITY', 'XBOM', 'equity'], // RELIANCE.NS
    ['SHZ', 'EQUITY', 'XSHG', 'equity'],
    ['SAU', 'EQUITY', 'XSAU', 'equity'],
    ['TOR', 'MUTUALFUND', 'XTSE', 'fund'], // 0P000071W8.TO
    ['CCY', 'CURRENCY', '24/5', 'currency'], // EURUSD=X
    ['CCC', 'CRYPTOCURRENCY', '24/7', 'coin'], // BTC-USD
  ])('%s %s trades in %s', (code, type, exchange, kind) => {
    expect(listingOf(code, type)).toEqual({ exchange, kind });
  });

  it.each([
    ['YHD', 'MUTUALFUND', 'Yahoo no longer carries it'],
    ['CME', 'FUTURE', 'it is a future, and only shares, ETFs, indices, funds, currencies and coins can be followed'],
    ['OPR', 'OPTION', 'it is an option'],
    ['NMS', 'constructor', 'it is of the type constructor'],
    ['NMS', '', 'it is of the type (none)'],
    ['KUW', 'EQUITY', 'there is no calendar of its exchange, Kuwait'],
    ['QQQ', 'EQUITY', "its exchange, Yahoo's QQQ, is unknown; known: Currencies, Around the clock, Athens"],
    ['constructor', 'EQUITY', "Yahoo's constructor, is unknown"],
  ])('%s %s is refused, with the reason', (code, type, words) => {
    expect(listingOf(code, type)).toEqual({ refused: expect.stringContaining(words) });
  });

  it('knows every code in the lists of Yahoo, and one for each calendar', () => {
    const markets = CODES_IN_DOCUMENTS.map((code) => listingOf(code, 'EQUITY')).map((one) =>
      'exchange' in one ? one.exchange : one.refused,
    );
    expect(new Set(markets)).toEqual(new Set(Object.keys(EXCHANGES)));
  });
});

/** The codes of Yahoo's screener and of recorded charts. */
const CODES_IN_DOCUMENTS =
  'NMS NGM NCM NYQ ASE PCX BTS PNK OQX OQB OEM TOR VAN NEO CNQ SAO MEX BUE SGO LSE IOB GER FRA DUS STU HAM MUN BER PAR AMS BRU LIS ISE MIL MCE EBS STO CPH HEL OSL VIE WSE PRA BUD ATH IST TLV SAU JNB JPX HKG SHH SHZ KSC KOE TAI TWO SES ASX NZE NSI BSE SET JKT KLS PHS CCC CCY SNP DJI NIM WCB CXI NYS CGI FGI OSA TSI'.split(
    ' ',
  );
