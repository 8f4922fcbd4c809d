import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../contracts/look-up.js';
import { follow, followedInWords } from '../../planning/follow.js';
import type { LookUp } from '../../planning/find-instruments.js';
import { useStore } from '../environment/store.js';

const store = useStore();
const by = { actor: 'cli', reason: '' } as const;

const coin: Answer['instruments'][number] = {
  ...{ providerSymbol: 'meta', symbol: 'META', name: 'Metadium', kind: 'coin', exchange: '24/7', exchangeName: null },
  ...{ currency: 'USD', quotedIn: null, refused: null },
};

describe('a symbol that several providers may know', () => {
  it('is not taken for what a later provider calls so while the first one does not answer', async () => {
    const failure = { type: 'ProviderUnavailable', message: 'Yahoo: HTTP 503' };
    const lookUp: LookUp = ({ provider, questions }) =>
      Promise.resolve(
        questions.map((): Answer =>
          provider === 'yahoo' ? { instruments: [], failure } : { instruments: [coin], failure: null },
        ),
      );
    const [one] = await follow(store.pool, lookUp, { symbols: ['meta'] }, by);
    expect(followedInWords(one!)).toBe('meta could not be checked: Yahoo: HTTP 503');
    const [named] = await follow(store.pool, lookUp, { symbols: ['meta'], provider: 'coingecko' }, by);
    expect(named).toMatchObject({ outcome: 'added', asset: { symbol: 'META', kind: 'coin' } });
  });
});

/** A coin whose ticker is no symbol of any provider. */
const dogecoin: Answer['instruments'][number] = {
  ...{ providerSymbol: 'dogecoin', symbol: 'DOGE', name: 'Dogecoin', kind: 'coin', exchange: '24/7' },
  ...{ exchangeName: null, currency: 'USD', quotedIn: null, refused: null },
};
const knowsDogecoin: LookUp = ({ provider, questions }) =>
  Promise.resolve(
    questions.map((question) => {
      const isKnown =
        provider === 'coingecko' &&
        question.kind === 'instrument' &&
        question.providerSymbol.toLowerCase() === 'dogecoin';
      return { instruments: isKnown ? [{ ...dogecoin }] : [], failure: null };
    }),
  );

describe('a row that has by chance what another provider calls an asset', () => {
  it('does not stand in the way of that asset; what it follows itself is known', async () => {
    await store.pool.query(
      `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency)
        values ('ZZZ', 'Nonsense', 'coin', 'coingecko', 'VOD.L', '24/7', 'USD'), ('DOGE', 'Dogecoin', 'coin', 'coingecko', 'dogecoin', '24/7', 'USD')`,
    );
    const vodafone: Answer['instruments'][number] = {
      ...{ providerSymbol: 'VOD.L', symbol: 'VOD.L', name: 'Vodafone', kind: 'equity', exchange: 'XLON' },
      ...{ exchangeName: null, currency: 'GBP', quotedIn: 'GBp', refused: null },
    };
    const lookUp: LookUp = (input) =>
      input.provider === 'yahoo' &&
      input.questions.some((one) => one.kind === 'instrument' && one.providerSymbol === 'VOD.L')
        ? Promise.resolve(
            input.questions.map((one) => ({
              instruments: one.kind === 'instrument' && one.providerSymbol === 'VOD.L' ? [vodafone] : [],
              failure: null,
            })),
          )
        : knowsDogecoin(input);
    const followed = await follow(store.pool, lookUp, { symbols: ['VOD.L', 'dogecoin'] }, by);
    expect(followed).toMatchObject([
      { outcome: 'added', asset: { symbol: 'VOD.L', provider: 'yahoo' } },
      { outcome: 'known', asset: { symbol: 'DOGE' } },
    ]);
    await store.pool.query(`delete from assets where symbol in ('ZZZ', 'DOGE', 'VOD.L')`);
  });
});

describe('following several symbols at once', () => {
  it('knows what the same request has added under another name, and says what to do about the others', async () => {
    const request = { symbols: ['DOGE', 'dogecoin', 'DogeCoin', 'NOSUCH'] };
    const followed = await follow(store.pool, knowsDogecoin, request, { actor: 'admin', reason: '' });
    expect(followed.map(followedInWords)).toEqual([
      'DOGE is followed already: Dogecoin, 24/7, USD',
      'DOGE is followed from now on: Dogecoin, 24/7, USD',
      'DOGE is followed already: Dogecoin, 24/7, USD',
      'NOSUCH cannot be followed: no provider knows NOSUCH. Search by name, ticker or ISIN for what can be followed',
    ]);
  });
});

/** A share whose provider takes its symbol in upper and in lower case. */
const apple: Answer['instruments'][number] = {
  ...{ providerSymbol: 'AAPL', symbol: 'AAPL', name: 'Apple Inc.', kind: 'equity', exchange: 'XNYS' },
  ...{ exchangeName: null, currency: 'USD', quotedIn: null, refused: null },
};
const knowsApple: LookUp = ({ questions }) =>
  Promise.resolve(questions.map(() => ({ instruments: [{ ...apple }], failure: null })));

describe('an instrument that is followed while its provider is asked', () => {
  afterEach(() => store.pool.query(`delete from assets where symbol = 'AAPL'`));

  it('is known under its other spelling in the same request', async () => {
    const followed = await follow(store.pool, knowsApple, { symbols: ['aapl', 'AAPL'] }, by);
    expect(followed).toMatchObject([
      { asked: 'aapl', outcome: 'added' },
      { asked: 'AAPL', outcome: 'known', asset: { symbol: 'AAPL' } },
    ]);
  });

  it('is known to a request that another one has overtaken', async () => {
    const overtaken: LookUp = async (input) => {
      await follow(store.pool, knowsApple, { symbols: ['AAPL'] }, by);
      return knowsApple(input);
    };
    const followed = await follow(store.pool, overtaken, { symbols: ['AAPL'] }, by);
    expect(followed).toMatchObject([{ outcome: 'known', asset: { symbol: 'AAPL' } }]);
  });
});
