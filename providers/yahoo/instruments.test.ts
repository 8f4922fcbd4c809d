import { describe, expect, it } from 'vitest';
import { knownByName, parseInstrument, parseSearch } from './instruments.js';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const hit = (symbol: string, quoteType: string, exchange: string, more: object = {}) => ({
  ...{ symbol, quoteType, exchange, exchDisp: `${exchange} in words`, longname: `${symbol} plc`, isYahooFinance: true },
  ...more,
});
const search = (...quotes: unknown[]) => parseSearch(json({ explains: [], count: quotes.length, quotes, news: [] }));

describe('a search of Yahoo', () => {
  it('keeps its order, and says of each what it is, where, and whether it can be followed', () => {
    const found = search(
      hit('RR.L', 'EQUITY', 'LSE'),
      hit('RYCEY', 'EQUITY', 'PNK'),
      hit('RRH.KW', 'EQUITY', 'KUW'),
      hit('RR=F', 'FUTURE', 'CME'),
      hit('0P0000TEST', 'MUTUALFUND', 'NAS', { longname: undefined, shortname: 'Some fund' }),
    );
    expect(found).toMatchObject([
      { providerSymbol: 'RR.L', symbol: 'RR.L', name: 'RR.L plc', kind: 'equity', exchange: 'XLON', refused: null },
      { symbol: 'RYCEY', exchange: 'XNYS', exchangeName: 'PNK in words', currency: null },
      { symbol: 'RRH.KW', kind: null, refused: expect.stringContaining('Kuwait') },
      { symbol: 'RR=F', exchange: null, refused: expect.stringContaining('a future') },
      { name: 'Some fund', kind: 'fund', exchange: 'XNYS' },
    ]);
  });

  it('leaves out private companies, options, dead symbols and what it does not understand', () => {
    expect(
      search(
        { index: 'abc', name: 'rr labs', permalink: 'rr-labs', isYahooFinance: false },
        hit('RR261218C00120000', 'OPTION', 'OPR'),
        hit('RRDEAD', 'MUTUALFUND', 'YHD'),
        { shouldNot: 'exist' },
        null,
      ),
    ).toEqual([]);
  });

  it('is refused if it is an error or has another shape', () => {
    const error = { finance: { result: null, error: { code: 'Bad Request', description: 'Missing value' } } };
    expect(() => parseSearch(json(error))).toThrow(expect.objectContaining({ kind: 'not-obtainable' }));
    expect(() => parseSearch(json({ quotes: 'none' }))).toThrow(expect.objectContaining({ kind: 'schema-drift' }));
  });
});

const chart = (meta: object, rows = true) =>
  json({
    chart: {
      result: [
        {
          meta: {
            ...{ symbol: 'VOD.L', currency: 'GBp', exchangeName: 'LSE', instrumentType: 'EQUITY' },
            ...{ exchangeTimezoneName: 'Europe/London', ...meta },
          },
          ...(rows && { timestamp: [1_700_000_000] }),
          indicators: { quote: [rows ? { open: [1], high: [1], low: [1], close: [1], volume: [1] } : {}] },
        },
      ],
      error: null,
    },
  });

describe('the instrument of a chart of Yahoo', () => {
  it('has its currency, and the unit in which Yahoo quotes it', () => {
    expect(parseInstrument(chart({ longName: 'Vodafone', fullExchangeName: 'London' }), 'VOD.L')).toEqual({
      ...{ providerSymbol: 'VOD.L', symbol: 'VOD.L', name: 'Vodafone', kind: 'equity', exchange: 'XLON' },
      ...{ exchangeName: 'London', currency: 'GBP', quotedIn: 'GBp', refused: null },
    });
  });

  it.each([
    ['EUR', 'PAR', 'EQUITY', { currency: 'EUR', quotedIn: null, exchange: 'XPAR' }],
    ['ILA', 'TLV', 'EQUITY', { currency: 'ILS', quotedIn: 'ILA', exchange: 'XTAE' }],
    ['USD', 'CCC', 'CRYPTOCURRENCY', { kind: 'coin', exchange: '24/7' }],
    ['USD', 'CCY', 'CURRENCY', { kind: 'currency', exchange: '24/5' }],
    ['USD', 'SNP', 'INDEX', { kind: 'index', exchange: 'XNYS' }],
  ])('in %s at %s of the type %s is %j', (currency, exchangeName, instrumentType, expected) => {
    expect(parseInstrument(chart({ currency, exchangeName, instrumentType }), 'X')).toMatchObject(expected);
  });

  it('needs no cell of its chart', () => {
    const { chart: drifted } = JSON.parse(chart({}).toString()) as { chart: { result: [{ indicators: unknown }] } };
    drifted.result[0].indicators = { quote: [{ close: ['one'] }] };
    expect(parseInstrument(json({ chart: drifted }), 'VOD.L')).toMatchObject({ currency: 'GBP', refused: null });
  });

  it.each([
    [
      'an empty success',
      chart({ currency: null, exchangeName: 'YHD', instrumentType: 'MUTUALFUND' }, false),
      'no longer',
    ],
    ['no currency', chart({ currency: null }), 'in no currency'],
    ['an unknown unit', chart({ currency: 'KWF2' }), 'KWF2'],
    ['an unknown exchange', chart({ exchangeName: 'QQQ' }), "Yahoo's QQQ, is unknown"],
    ['a future', chart({ instrumentType: 'FUTURE', exchangeName: 'CME' }), 'a future'],
  ])('with %s is refused, in words', (_, body, words) => {
    expect(parseInstrument(body, 'VOD.L').refused).toContain(words);
  });
});

describe('a symbol of Yahoo', () => {
  it.each([
    ['es=f', 'S&P 500', 'a future'],
    ['KE=F', 'KE=F', 'a future'],
    ['AAPL261218C00120000', 'AAPL', 'an option'],
  ])('%s shows by itself that it cannot be followed', (symbol, name, words) => {
    expect(knownByName(symbol)).toMatchObject({ name, refused: expect.stringContaining(words) });
  });

  it.each(['EURUSD=X', '^GSPC', 'BRK-B', 'VOD.L'])('%s shows nothing', (symbol) =>
    expect(knownByName(symbol)).toBeNull(),
  );
});
