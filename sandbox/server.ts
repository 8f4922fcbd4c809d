import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type SandboxResponse, type ServedBars } from './response.js';
import { alpaca } from './alpaca.js';
import { coinbase } from './coinbase.js';
import { coinGecko } from './coingecko.js';
import { control } from './control.js';
import { Exchange } from './exchange.js';
import { tooMany, withFault } from './faulty-response.js';
import { Faults } from './faults.js';
import { type Inside } from './inside.js';
import { Interventions } from './interventions.js';
import { Ledger } from './ledger.js';
import { coinSearch, yahooSearch } from './search.js';
import { PROVIDER_NAMES, type ProviderName, Traffic } from './traffic.js';
import { yahooChart } from './yahoo.js';

export interface SandboxOptions {
  /** On 127.0.0.1; 0 = any free port. */
  port: number;
  /** Another seed gives other prices. */
  seed: number;
  /** Market clock, epoch ms. */
  clock: () => number;
  /** Wall clock for rate limits and the ledger, epoch ms. */
  wall?: () => number;
}

export interface Sandbox {
  /** Yahoo is at `${url}/v8/finance/chart`, CoinGecko at `${url}/api/v3`, Alpaca at `${url}/v2/stocks/bars`, Coinbase at `${url}/products`. */
  url: string;
  port: number;
  /** Also drops open connections; a second call waits for the first. */
  close(): Promise<void>;
}

const YAHOO_CHART = '/v8/finance/chart/';
const YAHOO_SEARCH = '/v1/finance/search';
const COINGECKO = '/api/v3';
const COIN_SEARCH = `${COINGECKO}/search`;

/** The paths of each provider. */
const PATHS: Readonly<Record<ProviderName, RegExp>> = {
  yahoo: /^\/(v8\/finance\/chart\/|v1\/finance\/search$)/,
  coingecko: /^\/api\/v3/,
  alpaca: /^\/(v2\/stocks\/|v1\/corporate-actions)/,
  coinbase: /^\/products\//,
};
/** How long a response hangs before its connection is dropped. */
const HANG_MS = 120_000;
/** The fault `giant`. */
const GIANT_CHUNK = Buffer.alloc(1024 * 1024, ' ');
const GIANT_CHUNKS = 512;
/** How long idle connections are kept: long enough that a client's pool does not race with our closing them. */
const IDLE_MS = 65_000;

interface Exchanged {
  request: IncomingMessage;
  response: ServerResponse;
}

function send(
  { request, response }: Exchanged,
  reply: SandboxResponse,
  delivered: (served: ServedBars) => void = () => {},
) {
  const html = typeof reply.body === 'string';
  const text = html ? (reply.body as string) : JSON.stringify(reply.body);
  const headers = { 'content-type': html ? 'text/html' : 'application/json;charset=utf-8', ...reply.headers };
  const etag = reply.headers?.etag;
  if (etag && request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end();
    return;
  }
  const { served } = reply;
  if (served) response.once('finish', () => delivered(served));
  response.writeHead(reply.status, headers).end(text);
}

/** CoinGecko sends an ETag, Yahoo does not. */
function withEtag(reply: SandboxResponse): SandboxResponse {
  if (reply.status !== 200) return reply;
  const etag = `W/"${createHash('md5').update(JSON.stringify(reply.body)).digest('hex')}"`;
  return { ...reply, headers: { ...reply.headers, etag } };
}

/** A body of 512 MB, as fast as the client reads it. */
function sendGiant(response: ServerResponse): void {
  const body = Readable.from(Array.from({ length: GIANT_CHUNKS }, () => GIANT_CHUNK));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.once('close', () => body.destroy());
  body.pipe(response);
}

/** Half of the body, and then nothing until the connection is dropped. */
function sendHalf(response: ServerResponse, { body, status, headers }: SandboxResponse): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers, 'content-length': text.length });
  response.write(text.slice(0, text.length / 2));
  setTimeout(() => response.destroy(), HANG_MS).unref();
}

/** Handles every request: checks the limits first, then faults, then calls the provider. */
class Desk {
  readonly inside: Inside;

  constructor(
    options: SandboxOptions,
    private readonly wall: () => number,
  ) {
    this.inside = {
      exchange: new Exchange(options.seed, new Interventions(options.clock)),
      ledger: new Ledger(),
      faults: new Faults(options.seed),
      traffic: new Traffic(wall),
      clock: options.clock,
    };
  }

  handle(exchanged: Exchanged): void {
    const { request, response } = exchanged;
    const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
    if (!url) throw new RangeError('not a URL');
    const path = decodeURIComponent(url.pathname);
    if (path.startsWith('/__')) {
      send(exchanged, control(this.inside, path, url.searchParams));
      return;
    }
    const { traffic } = this.inside;
    traffic.countRequest(path);
    const provider = PROVIDER_NAMES.find((name) => PATHS[name].test(path));
    if (!provider || request.method !== 'GET') {
      traffic.countOutcome(404);
      send(exchanged, { status: 404, body: { error: 'not found' } });
      return;
    }
    const gate = traffic.gates[provider];
    const refusedFor = gate.enter();
    response.once('close', () => gate.leave());
    response.once('finish', () => traffic.countOutcome(response.statusCode));
    if (refusedFor > 0) send(exchanged, tooMany(provider, refusedFor));
    else this.provide(exchanged, provider, path, url.searchParams);
  }

  private provide(exchanged: Exchanged, provider: ProviderName, path: string, query: URLSearchParams): void {
    const { exchange, faults, ledger, clock, traffic } = this.inside;
    const fault = faults.next(provider);
    if (fault === 'reset' || fault === 'hang') {
      traffic.countOutcome(fault);
      const { socket } = exchanged.request;
      if (fault === 'reset') socket.destroy();
      else setTimeout(() => socket.destroy(), HANG_MS).unref();
      return;
    }
    if (fault === 'giant') {
      sendGiant(exchanged.response);
      return;
    }
    const hide = fault === 'nulls' ? (time: number) => faults.hides(time) : undefined;
    const replies: Record<ProviderName, () => SandboxResponse> = {
      yahoo: () =>
        path === YAHOO_SEARCH
          ? yahooSearch(query)
          : yahooChart(exchange, path.slice(YAHOO_CHART.length), query, clock(), hide),
      coingecko: () =>
        withEtag(
          path === COIN_SEARCH ? coinSearch(query) : coinGecko(exchange, path.slice(COINGECKO.length), query, clock()),
        ),
      alpaca: () => alpaca(exchange, path, query, clock()),
      coinbase: () => coinbase(exchange, path, query, clock()),
    };
    const reply = replies[provider]();
    if (fault === 'half-open') {
      traffic.countOutcome(fault);
      sendHalf(exchanged.response, reply);
      return;
    }
    send(exchanged, withFault(reply, provider, fault), (served) => ledger.record(served, this.wall()));
  }
}

/**
 * Starts the simulated exchange on 127.0.0.1.
 * @throws Error with code EADDRINUSE if the port is taken
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const desk = new Desk(options, options.wall ?? Date.now);
  const server = createServer((request, response) => {
    try {
      desk.handle({ request, response });
    } catch (error) {
      const caller = error instanceof RangeError || error instanceof URIError;
      if (response.headersSent) response.destroy();
      else send({ request, response }, { status: caller ? 400 : 500, body: { error: String(error) } });
    }
  });
  server.keepAliveTimeout = IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, port, close: () => (closed ??= close()) };
}
