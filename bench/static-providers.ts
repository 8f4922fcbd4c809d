import { createServer } from 'node:http';
import { SECOND } from '../domain/timeframe.js';
import { benchSymbols } from './stocks.js';
import { yahooBody } from './yahoo-body.js';

/**
 * Stands in for Yahoo and Alpaca with prepared rows, so that the benchmark measures the pipeline. Responds to every request
 * for a symbol with one session of minutes. Arguments: port, number of symbols, open and close of the session (epoch ms).
 */
const [port = 0, count = 0, open = 0, close = 0] = process.argv.slice(2).map(Number);
const bodies = new Map(benchSymbols(count).map((symbol, i) => [symbol, yahooBody(symbol, '1m', [{ open, close }], i)]));

interface Chart {
  chart: { result: { timestamp: number[]; indicators: { quote: Record<string, number[]>[] } }[] };
}

/** The rows of a symbol as Alpaca sends them, by the opens of their minutes. */
function rowsOf(body: Buffer): { time: number; row: string }[] {
  const [result] = (JSON.parse(body.toString()) as Chart).chart.result;
  const columns = result!.indicators.quote[0]!;
  return result!.timestamp.map((seconds, i) => {
    const [o, h, l, c] = ['open', 'high', 'low', 'close'].map((name) => Number(columns[name]![i]!.toFixed(4)));
    const t = new Date(seconds * SECOND).toISOString().replace('.000', '');
    return { time: seconds * SECOND, row: JSON.stringify({ t, o, h, l, c, v: columns.volume![i], n: 9, vw: c }) };
  });
}
const rows = new Map<string, ReturnType<typeof rowsOf>>();

function alpacaBody({ searchParams: query }: URL): string {
  const [start, end] = [Date.parse(query.get('start')!), Date.parse(query.get('end')!)];
  const bars = query
    .get('symbols')!
    .split(',')
    .flatMap((symbol) => {
      const body = bodies.get(symbol);
      if (!body || query.get('timeframe') !== '1Min') return [];
      if (!rows.has(symbol)) rows.set(symbol, rowsOf(body));
      const own = rows.get(symbol)!.filter(({ time }) => time >= start && time <= end);
      return [`"${symbol}":[${own.map(({ row }) => row).join(',')}]`];
    });
  return `{"bars":{${bars.join(',')}},"next_page_token":null}`;
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const symbol = /^\/v8\/finance\/chart\/(\w+)/.exec(url.pathname)?.[1];
  const body = url.pathname === '/v2/stocks/bars' ? alpacaBody(url) : bodies.get(symbol ?? '');
  const actions = '{"corporate_actions":{},"next_page_token":null}';
  const found = url.pathname === '/v1/corporate-actions' ? actions : body;
  if (found) response.writeHead(200, { 'content-type': 'application/json' }).end(found);
  else response.writeHead(404).end();
});
server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1', () => process.send?.({ type: 'ready' }));

const stop = () => process.exit(0);
process.on('SIGTERM', stop);
process.on('disconnect', stop); // the parent process is gone
