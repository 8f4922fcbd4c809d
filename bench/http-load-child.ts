import { once } from 'node:events';
import autocannon from 'autocannon';
import type { HttpLoad, HttpLoadResult } from './http-load.js';

/** Puts the load that the parent process sends on a server, and sends the result back. */
const [{ url, paths, connections, seconds }] = (await once(process, 'message')) as [HttpLoad];
/** Length of a random sequence of requests; it repeats after that. */
const SEQUENCE_LENGTH = 5_000;

const randomRequests = () =>
  Array.from({ length: SEQUENCE_LENGTH }, () => ({ path: paths[Math.floor(Math.random() * paths.length)]! }));

const result = await autocannon({
  url,
  connections,
  duration: seconds,
  setupClient: (client) => client.setRequests(randomRequests()),
});
process.send!({
  rate: result['2xx'] / result.duration,
  p99: result.latency.p99,
  // under full load a timer of the client may fire too early, which is not a failure
  failed: result.non2xx + result.errors - result.timeouts,
  cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
} satisfies HttpLoadResult);
process.disconnect();
