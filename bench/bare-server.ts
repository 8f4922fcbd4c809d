import { createServer } from 'node:http';
import pg from 'pg';

/**
 * The peer of the API: Node's own HTTP server, one query per request, its rows as JSON. It does not validate or cache
 * anything and sets no optional headers. Arguments: port, database URL.
 */
const [port, connectionString] = process.argv.slice(2);
// times stay in PostgreSQL's text format: converting them to dates would take longer than everything else
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, String);
const pool = new pg.Pool({ connectionString, max: 10 });

const OHLCV = {
  name: 'ohlcv',
  text: `select time, open, high, low, close, volume from bars
    where asset_id = (select id from assets where symbol = $1) and timeframe = '1m' order by time desc limit 390`,
};
const LATEST = {
  name: 'latest',
  text: `select b.*, r.close as "previousClose", q.price, q.time as "quoteTime" from assets a
    cross join lateral (select time, session, open, high, low, close, volume from bars
      where asset_id = a.id and timeframe = '1m' order by time desc limit 1) b
    cross join lateral (select close from bars
      where asset_id = a.id and timeframe = '1d' and time < b.session order by time desc limit 1) r
    join quotes q on q.asset_id = a.id
    where a.symbol = $1`,
};

const server = createServer((request, response) => {
  const [, symbol, route] = /^\/api\/stocks\/(\w+)\/(ohlcv|latest)/.exec(request.url ?? '') ?? [];
  const query = route === 'latest' ? LATEST : OHLCV;
  pool.query<object>({ ...query, values: [symbol] }).then(
    ({ rows }) => {
      const body = JSON.stringify(route === 'latest' ? rows[0] : { symbol, bars: rows.reverse() });
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    },
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(Number(port), '127.0.0.1', () => process.send?.({ type: 'ready' }));

const stop = () => process.exit(0);
process.on('SIGTERM', stop);
process.on('disconnect', stop); // the parent process is gone
