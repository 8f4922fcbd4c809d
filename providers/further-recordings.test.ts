import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StoredTimeframe } from '../domain/timeframe.js';
import { describeWithRecordings } from '../test/recordings.js';
import { ALPACA, parseBars as parseAlpaca } from './alpaca/wire.js';
import { COINBASE, parseBars as parseCoinbase } from './coinbase/wire.js';
import { readData, type Dialect } from './errors.js';
import { ProviderError } from './provider.js';

interface Exchange {
  request?: { url?: string | null };
  response?: { status?: number; body?: unknown };
}

const NOW = Date.parse('2026-11-20T20:00:00Z');

/** What a recorded response gives: its rows, or the kind of its error. */
function outcomeOf(dialect: Dialect, { response = {} }: Exchange, parse: (body: Buffer) => unknown): unknown {
  const { status = 200, body } = response;
  const received = { url: '', status, body: Buffer.from(JSON.stringify(body)), contentType: null };
  try {
    readData(dialect, { ...received, retryAfterMs: undefined });
    return parse(received.body);
  } catch (error) {
    if (error instanceof ProviderError) return error.kind;
    throw error;
  }
}

const filesIn = (folder: string) => readdirSync(folder).map((file) => file.replace('.json', ''));
const load = (folder: string, file: string) =>
  JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as Exchange;

const ALPACA_OUTCOMES: Record<string, unknown> = {
  'docs-latest-bars': 'schema-drift', // another endpoint: an object for each symbol
  'err-400-end-before-start': 'not-obtainable',
  'err-400-invalid-symbol': 'unknown-symbol',
  'err-403-forbidden': 'plan-limit',
  'err-403-recent-sip': 'not-obtainable',
  'err-429': 'rate-limited',
  'faq-bars-AAPL-1Day-iex': 'schema-drift', // the form for one symbol, which is not used
  'faq-bars-AAPL-1Day-sip': 'schema-drift',
  'go-bars-AMZN-15Min': ['2021-10-15T16:00:00.000Z', '2021-10-15T17:00:00.000Z', 3378.14, 211689],
  'go-bars-META-asof-page1': ['2022-06-08T00:00:00.000Z', '2022-06-09T00:00:00.000Z', 194.67, 22211813],
  'go-bars-META-asof-page2': ['2022-06-10T00:00:00.000Z', '2022-06-13T00:00:00.000Z', 183.04, 27398594],
  'go-latest-bars-AAPL-NIO': 'schema-drift',
  'py-bars-AAPL-1Day-limit2': ['2022-02-01T00:00:00.000Z', '2022-02-02T00:00:00.000Z', 174, 85998033],
  'py-bars-AAPL-TSLA-1Day': ['2022-03-09T00:00:00.000Z', '2022-03-09T00:00:00.000Z', 161.51, 88496480],
  'py-bars-empty': [],
  'py-corporate-actions': [],
};

describeWithRecordings('recorded payloads of Alpaca', (recordings) => {
  const folder = join(recordings, 'alpaca');

  it.each(recordings ? filesIn(folder) : ['skipped'])('%s', (file) => {
    const exchange = load(folder, file);
    const symbol = /symbols=([A-Z]+)/.exec(exchange.request?.url ?? '')?.[1] ?? 'META';
    const timeframe: StoredTimeframe = file.includes('Min') ? '1m' : '1d';
    const outcome = outcomeOf(ALPACA, exchange, (body) => {
      const { time, open, volume } = parseAlpaca(body, { providerSymbol: symbol, timeframe, now: NOW });
      const iso = (at: number | undefined) => new Date(at!).toISOString();
      return time.length === 0 ? [] : [iso(time[0]), iso(time.at(-1)), open[0], volume[0]];
    });
    expect(outcome).toEqual(ALPACA_OUTCOMES[file]);
  });

  it('corporate actions: splits of every kind and cash dividends, by symbol', () => {
    const body = Buffer.from(JSON.stringify(load(folder, 'py-corporate-actions').response!.body));
    const actionsOf = (providerSymbol: string) =>
      parseAlpaca(body, { providerSymbol, timeframe: '1d', now: NOW }).actions;
    const at = (date: string) => Date.parse(date);
    expect(actionsOf('SRE')).toEqual([{ kind: 'split', time: at('2023-08-22'), numerator: 2, denominator: 1 }]);
    expect(actionsOf('MNTS')).toEqual([{ kind: 'split', time: at('2023-08-24'), numerator: 1, denominator: 50 }]);
    expect(actionsOf('MSBC')).toEqual([{ kind: 'split', time: at('2023-05-19'), numerator: 1.05, denominator: 1 }]);
    expect(actionsOf('FCF')).toEqual([{ kind: 'dividend', time: at('2023-05-04'), amount: 0.125 }]);
  });
});

const COINBASE_OUTCOMES: Record<string, unknown> = {
  'ccxt-candles-BTC-USDT-1h-2024-03-13': [73243.33, 73402.47, 73241.5, 73370.65, 1.56794406],
  'err-400-end-too-old': 'not-obtainable',
  'err-400-start-after-end': 'not-obtainable',
  'err-400-too-many-candles': 'not-obtainable',
  'err-400-user-agent': 'not-obtainable',
  'err-404-notfound': 'unknown-symbol',
  'err-429': 'rate-limited',
  'pricehist-2020-10-17--2021-01-07': [29818.73, 32900, 29516.98, 32120.19, 5957.46980324],
  'pricehist-recent': [29818.73, 32900, 29516.98, 32120.19, 5957.46980324],
};

describeWithRecordings('recorded payloads of Coinbase', (recordings) => {
  const folder = join(recordings, 'coinbase');

  it.each(recordings ? filesIn(folder) : ['skipped'])('%s', (file) => {
    const outcome = outcomeOf(COINBASE, load(folder, file), (body) => {
      const { open, high, low, close, volume } = parseCoinbase(body, { providerSymbol: 'BTC-USD' });
      return [open[0], high[0], low[0], close[0], volume[0]];
    });
    // other endpoints have other shapes
    expect(outcome).toEqual(COINBASE_OUTCOMES[file] ?? 'schema-drift');
  });
});
