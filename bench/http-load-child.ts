import autocannon from 'autocannon';
import type { HttpLoad, HttpLoadResult } from './http-load.js';

/** Sends one load, and the result to whoever started us. Argument: the load as JSON. */
const { url, paths, connections, seconds } = JSON.parse(process.argv[2]!) as HttpLoad;
/** Orders of chance are this long; then they begin anew. */
const ORDER = 5_000;

const inAnyOrder = () =>
  Array.from({ length: ORDER }, () => ({ path: paths[Math.floor(Math.random() * paths.length)]! }));

const result = await autocannon({
  url,
  connections,
  duration: seconds,
  setupClient: (client) => client.setRequests(inAnyOrder()),
});
process.send!({
  rate: result['2xx'] / result.duration,
  p99: result.latency.p99,
  // under a full load a timer of the client's may come too soon: that is no failure
  failed: result.non2xx + result.errors - result.timeouts,
  cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
} satisfies HttpLoadResult);
process.disconnect();
