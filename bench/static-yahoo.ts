import { createServer } from 'node:http';
import { benchSymbols } from './stocks.js';
import { yahooBody } from './yahoo-body.js';

/**
 * Stands in for Yahoo with prepared bodies, so that the benchmark measures the pipeline. Responds to every request for a
 * symbol with one session of minutes. Arguments: port, number of symbols, open and close of the session (epoch ms).
 */
const [port = 0, count = 0, open = 0, close = 0] = process.argv.slice(2).map(Number);
const bodies = new Map(benchSymbols(count).map((symbol, i) => [symbol, yahooBody(symbol, '1m', [{ open, close }], i)]));

const server = createServer((request, response) => {
  const symbol = /^\/v8\/finance\/chart\/(\w+)/.exec(request.url ?? '')?.[1];
  const body = bodies.get(symbol ?? '');
  if (body) response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  else response.writeHead(404).end();
});
server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1', () => process.send?.({ type: 'ready' }));

const stop = () => process.exit(0);
process.on('SIGTERM', stop);
process.on('disconnect', stop); // the parent process is gone
