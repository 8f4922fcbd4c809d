import { describe, expect, it } from 'vitest';
import type { ProviderError, BarsRequest } from '../provider.js';
import { parseBars, refusedSymbol, rowsAsSent, tokenOf } from './wire.js';

const at = (iso: string) => Date.parse(iso);
const request: BarsRequest = {
  ...{ providerSymbol: 'XYZ', timeframe: '1d', now: at('2026-11-20T21:00:00Z') },
  window: { from: at('2026-11-10'), to: at('2026-11-21') },
};
const bodyOf = (json: unknown) => Buffer.from(JSON.stringify(json));
const row = (t: string, price = 50, v = 1_000) => ({
  t,
  o: price,
  h: price + 1,
  l: price - 1,
  c: price,
  v,
  n: 9,
  vw: price,
});
const page = (rows: unknown, next_page_token: string | null = null) => ({ bars: { XYZ: rows }, next_page_token });
const actions = (corporate_actions: unknown) => ({ corporate_actions, next_page_token: null });
const split = (ex_date: string, new_rate = 2, old_rate = 1) => ({ symbol: 'XYZ', ex_date, new_rate, old_rate });
const problemOf = (run: () => unknown): ProviderError => {
  try {
    run();
  } catch (error) {
    return error as ProviderError;
  }
  throw new Error('nothing was thrown');
};

describe('parseBars of Alpaca', () => {
  it('dates days by midnight in New York, in summer and in winter', () => {
    const bars = parseBars(bodyOf(page([row('2026-10-30T04:00:00Z'), row('2026-11-02T05:00:00Z')])), request);
    expect(bars.time).toEqual([at('2026-10-30'), at('2026-11-02')]);
    expect(bars.stamp).toEqual([at('2026-10-30T04:00:00Z'), at('2026-11-02T05:00:00Z')]);
    expect(bars).toMatchObject({ symbol: 'XYZ', currency: 'USD', timezone: 'America/New_York', hasVolume: true });
  });

  it('takes minutes by their stamp, pre- and post-market too', () => {
    const sent = ['2026-11-20T09:00:00Z', '2026-11-20T14:30:00Z', '2026-11-21T00:59:00Z'];
    expect(parseBars(bodyOf(page(sent.map((t) => row(t)))), { ...request, timeframe: '1m' }).time).toEqual(
      sent.map(at),
    );
  });

  it('reads all pages, an empty last one, and a response without the symbol', () => {
    const pages = [page([row('2026-11-18T05:00:00Z')], 'abc'), page([row('2026-11-19T05:00:00Z', 51)]), { bars: {} }];
    const bars = parseBars(bodyOf(pages), request);
    expect([bars.time.length, bars.close]).toEqual([2, [50, 51]]);
    expect(rowsAsSent(bodyOf(pages), [1])).toEqual([row('2026-11-19T05:00:00Z', 51)]);
    for (const bare of [{ bars: {}, next_page_token: null }, { bars: null }])
      expect(parseBars(bodyOf(bare), request)).toMatchObject({ symbol: null, time: [] });
  });

  it('names another symbol than the requested one', () => {
    expect(parseBars(bodyOf({ bars: { ABC: [row('2026-11-18T05:00:00Z')] } }), request).symbol).toBe('ABC');
  });

  describe('divides unadjusted prices by the splits in force', () => {
    const rows = [row('2026-11-13T05:00:00Z', 100, 900), row('2026-11-16T05:00:00Z', 50, 1_800)];
    const closes = (told: unknown, now = request.now) => {
      const { close, volume } = parseBars(bodyOf([page(rows), actions(told)]), { ...request, now });
      return [close, volume];
    };

    it('before the ex-date, with the volume multiplied', () => {
      expect(closes({ forward_splits: [split('2026-11-16')] })).toEqual([
        [50, 50],
        [1_800, 1_800],
      ]);
    });

    it('from the open of the ex-date on, not before', () => {
      const told = { forward_splits: [split('2026-11-16')] };
      expect(closes(told, at('2026-11-16T14:29:59Z'))[0]).toEqual([100, 50]);
      expect(closes(told, at('2026-11-16T14:30:00Z'))[0]).toEqual([50, 50]);
    });

    it('each once, by whatever kind and however often it is told', () => {
      const twice = { forward_splits: [split('2026-11-13'), split('2026-11-16'), split('2026-11-16')] };
      expect(closes(twice)[0]).toEqual([50, 50]);
      expect(closes({ reverse_splits: [split('2026-11-16', 1, 10)] })[0]).toEqual([1_000, 50]);
      expect(closes({ stock_dividends: [{ symbol: 'XYZ', ex_date: '2026-11-16', rate: 0.25 }] })[0]).toEqual([80, 50]);
      expect(closes({ forward_splits: [{ ...split('2026-11-16'), symbol: 'ABC' }] })[0]).toEqual([100, 50]);
    });

    it('to four places, or six digits below 1', () => {
      const [dear, cheap] = [row('2026-11-13T05:00:00Z', 100), row('2026-11-12T05:00:00Z', 2)];
      const body = bodyOf([page([dear, cheap]), actions({ forward_splits: [split('2026-11-16', 3)] })]);
      expect(parseBars(body, request).close).toEqual([33.3333, 0.666667]);
    });

    it('and dividends from before it, which it tells of with the splits, announced ones too', () => {
      const paid = (ex_date: string, rate: number) => ({
        symbol: 'XYZ',
        ex_date,
        rate,
        special: false,
        foreign: false,
      });
      const told = {
        forward_splits: [split('2026-11-16'), split('2026-12-01', 4)],
        cash_dividends: [paid('2026-11-11', 0.5), paid('2026-11-17', 0.3), paid('2026-11-18', 0)],
        name_changes: [{ old_symbol: 'XYZ', new_symbol: 'ZYX' }],
      };
      expect(parseBars(bodyOf([page(rows), actions(told)]), request).actions).toEqual([
        { kind: 'split', time: at('2026-11-16'), numerator: 2, denominator: 1 },
        { kind: 'split', time: at('2026-12-01'), numerator: 4, denominator: 1 },
        { kind: 'dividend', time: at('2026-11-11'), amount: 0.25 },
        { kind: 'dividend', time: at('2026-11-17'), amount: 0.3 },
      ]);
    });
  });

  it('has one action per ex-date: a special dividend beside a regular one, a split beside a stock dividend', () => {
    const paid = (rate: number, special: boolean) => ({ symbol: 'XYZ', ex_date: '2026-11-17', rate, special });
    const told = {
      forward_splits: [split('2026-11-16'), split('2026-11-16')],
      stock_dividends: [{ symbol: 'XYZ', ex_date: '2026-11-16', rate: 0.05 }],
      cash_dividends: [paid(0.1, false), paid(0.2, true), paid(0.2, true)],
    };
    const bars = parseBars(bodyOf([page([row('2026-11-13T05:00:00Z', 210)]), actions(told)]), request);
    expect(bars.close).toEqual([100]);
    expect(bars.actions).toEqual([
      { kind: 'split', time: at('2026-11-16'), numerator: 2.1, denominator: 1 },
      { kind: 'dividend', time: at('2026-11-17'), amount: 0.3 },
    ]);
  });

  it.each([
    [page([{ ...row('2026-11-18T05:00:00Z'), t: 1_763_000_000 }]), 'bars[0].t'],
    [page([row('2026-11-18T05:00:00Z'), row('2026-11-19')]), 'bars[1].t'],
    [page([row('2026-11-18T00:00:00')]), 'bars[0].t'],
    [page([row('2026-11-18T00:00:00Z')]), 'bars[0].t'],
    [page([row('2026-11-18T05:00:00Z'), { ...row('2026-11-19T05:00:00Z'), o: '50' }]), 'bars[1].o'],
    [page([{ t: '2026-11-18T05:00:00Z', o: 1, h: 1, l: 1, c: 1 }]), 'bars[0].v'],
    [page('rows'), 'bars.XYZ'],
    [{ quotes: {} }, 'bars'],
    [
      actions({ forward_splits: [{ ...split('2026-11-16'), ex_date: 'soon' }] }),
      'corporate_actions.forward_splits[0].ex_date',
    ],
    [actions({ forward_splits: [split('2026-11-16', 0)] }), 'corporate_actions.forward_splits[0].new_rate'],
  ])('names the field that has another shape: %j', (json, field) => {
    const error = problemOf(() => parseBars(bodyOf(json), request));
    expect([error.kind, error.details.field]).toEqual(['schema-drift', field]);
  });

  it('throws what a stored error means', () => {
    expect(problemOf(() => parseBars(bodyOf({ message: 'forbidden.' }), request)).kind).toBe('plan-limit');
    expect(problemOf(() => parseBars(Buffer.from('{"bars":{"XYZ":[{"t"'), request)).kind).toBe('bad-content');
  });
});

it('a page goes on if it has a token, whether it is full or not; an empty one is none', () => {
  expect([page([], 'abc'), page([]), page([], ''), { bars: {} }].map(tokenOf)).toEqual([
    'abc',
    undefined,
    undefined,
    undefined,
  ]);
});

it('the refused symbol is the one that the message names', () => {
  expect(refusedSymbol('invalid symbol: XY:Z')).toBe('XY:Z');
  expect(refusedSymbol('end should not be before start')).toBeUndefined();
});
